"""Sums of days make the profile that one pass over the same days makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bench.sample_data.memory_history import MemoryHistory

from forecaster.features.profile_builder import ProfileSums
from forecaster.general.day_sums import DaySums, profile_of
from forecaster.window import Window


def test_days_together_are_one_pass(city: Callable[..., Window]) -> None:
    history = MemoryHistory(city(3))
    span = history.span()
    assert span is not None
    chunks = list(history.windows(*span))
    sums = ProfileSums(history.stations())
    for chunk in chunks:
        sums.add(chunk)
    days = [DaySums.of(history.stations(), chunk) for chunk in chunks]
    together, whole = profile_of(history.stations(), days), sums.profile()
    np.testing.assert_allclose(together.table, whole.table, rtol=1e-2, atol=1e-3)
    np.testing.assert_array_equal(together.total, whole.total)


def test_no_day_makes_a_blank_profile(city: Callable[..., Window]) -> None:
    stations = city(1).stations
    assert np.isnan(profile_of(stations, []).table).all()
