"""Drawing rows: nothing from the end on is read, chunks change nothing, times are drawn evenly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.evaluation.judged_rows import constant_context
from forecaster.features import context_of
from forecaster.features.profile_builder import ProfileSums
from forecaster.model.boosting import ignore_progress
from forecaster.training.sampling import Sample, SamplingPlan, draw_sample
from forecaster.window import HistoryChunk, Window

Cities = Callable[..., Window]


def drawn(window: Window, *, days: float, how: SamplingPlan, week: bool = False) -> Sample:
    sums = ProfileSums(window.stations)
    sums.add(HistoryChunk(window, int(window.times[0]), int(window.times[-1]) + 1))
    contexts = constant_context(context_of(window.stations, sums.profile()))
    history = MemoryHistory(window)
    first, _ = history.span() or pytest.fail("no span")
    how = replace(how, week_ago=week)
    return draw_sample(
        history, first, first + timedelta(days=days), how, contexts=contexts, on_progress=ignore_progress
    )


class TestDrawing:
    def test_takes_about_the_share(self, city: Cities) -> None:
        window = city(3)
        sample = drawn(window, days=2.5, how=SamplingPlan((10, 60), 0.1))
        assert len(sample) == pytest.approx(0.1 * 2.5 * 288 * 20, rel=0.15)
        assert sample.bikes.shape == (len(sample), 2)

    def test_the_end_is_not_looked_over(self, city: Cities) -> None:
        window = city(3)
        bikes = window.bikes.copy()
        end = int(window.times[0]) + 2 * 86_400
        bikes[window.times >= end] = 99
        sample = drawn(replace(window, bikes=bikes), days=2, how=SamplingPlan((10, 60), 1.0))
        assert np.nanmax(sample.bikes) < 99
        assert sample.times.max() < end - 3_600

    def test_targets_are_what_came(self, city: Cities) -> None:
        window = city(2)
        sample = drawn(window, days=2, how=SamplingPlan((10,), 0.05))
        row = np.searchsorted(window.times, sample.times + 600)
        np.testing.assert_array_equal(sample.bikes[:, 0], window.bikes[row, sample.stations])
        now = np.searchsorted(window.times, sample.times)
        np.testing.assert_array_equal(sample.now, window.bikes[now, sample.stations])

    def test_a_week_ago_is_known_where_it_was_asked_for(self, city: Cities) -> None:
        window = city(9, count=4)
        sample = drawn(window, days=9, how=SamplingPlan((10,), 0.5), week=True)
        late = sample.times > window.times[0] + 8 * 86_400
        assert not np.isnan(sample.week_ago[late]).any()
        assert np.isnan(sample.week_ago[sample.times < window.times[0] + 6 * 86_400]).all()

    def test_hours_come_up_evenly(self, city: Cities) -> None:
        sample = drawn(city(8, count=4), days=8, how=SamplingPlan((10,), 0.1))
        hours = np.bincount(np.unique(sample.times) % 86_400 // 3_600, minlength=24)
        assert hours.max() - hours.min() <= hours.mean()

    def test_nothing_to_draw_is_told(self, city: Cities) -> None:
        with pytest.raises(ValueError, match="no polls between"):
            drawn(city(1), days=0.02, how=SamplingPlan((60,), 1.0))
