"""A city's profile follows its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
from bench.sample_data.memory_history import MemoryHistory, slice_window

from forecaster.features.profile_builder import ProfileSums
from forecaster.general.city_profile import CityProfile
from forecaster.general.general_bundle import packaged_bundle
from forecaster.model.forecast_model import ForecastModel
from forecaster.window import Window

LONGEST = timedelta(days=30)


def test_it_is_none_in_the_first_hours(city: Callable[..., Window]) -> None:
    assert CityProfile(MemoryHistory(city(0.1)), longest=LONGEST).read() is None


def test_it_is_that_of_the_whole_history(city: Callable[..., Window]) -> None:
    history = MemoryHistory(city(3))
    span = history.span()
    assert span is not None
    sums = ProfileSums(history.stations())
    for chunk in history.windows(span[0], span[1] + timedelta(seconds=1), chunk=timedelta(days=9)):
        sums.add(chunk)
    profile = CityProfile(history, longest=LONGEST).read()
    assert profile is not None
    np.testing.assert_allclose(profile.table, sums.profile().table, rtol=1e-2, atol=1e-3)


def test_the_packaged_model_takes_it_up(city: Callable[..., Window]) -> None:
    window = city(2)
    model = ForecastModel.load(packaged_bundle().files)
    first = slice_window(window, int(window.times[0]), int(window.times[0]))
    assert np.isfinite(model.predict(first).bikes).all()
    profile = CityProfile(MemoryHistory(window), longest=LONGEST).read()
    assert profile is not None
    grown = model.with_profile(profile)
    assert np.isfinite(grown.predict(window).bikes).all()
    assert not np.array_equal(grown.predict(window).bikes, model.predict(window).bikes)
