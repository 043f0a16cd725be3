"""Rows of a young city hold what a young city knows, and nothing later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
from bench.sample_data.memory_history import MemoryHistory

from forecaster.features import FEATURES
from forecaster.general.age_sampling import AgePlan, draw_at_ages
from forecaster.training.sampling import Sample
from forecaster.window import Window

HORIZONS = (10, 30)


def column(sample: Sample, name: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return sample.x[:, FEATURES.index(name)]


def drawn(window: Window, plan: AgePlan) -> Sample:
    history = MemoryHistory(window)
    span = history.span()
    assert span is not None
    return draw_at_ages(history, span[0], span[1] + timedelta(seconds=1), plan)


class TestFirstHours:
    def test_there_is_no_profile_and_no_yesterday(self, city: Callable[..., Window]) -> None:
        sample = drawn(city(3), AgePlan(HORIZONS, 2_000, young=1.0))
        assert len(sample) > 500
        assert np.isnan(column(sample, "usual_in_60")).all()
        assert np.isnan(column(sample, "since_yesterday")).all()

    def test_the_window_is_as_short_as_asked(self, city: Callable[..., Window]) -> None:
        sample = drawn(city(3), AgePlan(HORIZONS, 2_000, young=1.0, window=(1_800, 1_801)))
        later = sample.take(sample.times > sample.times.min() + 3_600)
        assert not np.isnan(column(later, "change_30")).any()
        assert np.isnan(column(later, "change_90")).all()


class TestWithProfile:
    def test_later_days_know_what_is_usual(self, city: Callable[..., Window]) -> None:
        sample = drawn(city(4), AgePlan(HORIZONS, 4_000, young=0.0))
        usual = ~np.isnan(column(sample, "usual_in_60"))
        first_day = sample.times < sample.times.min() + 86_400
        assert usual[~first_day].all()
        assert not usual[first_day].any()

    def test_what_comes_after_a_row_changes_nothing_in_it(self, city: Callable[..., Window]) -> None:
        window = city(4)
        middle = int(window.times[len(window.times) // 2])
        changed = window.bikes.copy()
        changed[window.times > middle] = 0
        plan = AgePlan(HORIZONS, 3_000, thin_to=960)
        same = drawn(window, plan), drawn(Window(window.stations, window.times, changed, *_rest(window)), plan)
        before = [sample.x[sample.times < middle - 86_400] for sample in same]
        assert len(before[0]) > 100
        np.testing.assert_array_equal(*before)


def _rest(window: Window) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], ...]:
    return window.docks, window.ebikes, window.renting


def test_thinned_polls_lie_further_apart(city: Callable[..., Window]) -> None:
    gaps = [column(drawn(city(3), AgePlan(HORIZONS, 2_000, thin_to=to)), "poll_gap") for to in (0, 960)]
    assert np.nanmax(gaps[0]) == 5
    assert np.nanmax(gaps[1]) == 15
    assert np.nanmean(gaps[1]) > 1.3 * np.nanmean(gaps[0])
