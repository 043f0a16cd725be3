"""Training: it learns what can be learned, keeps the future out, says what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory, slice_window

from forecaster.model.boosting import Boosting
from forecaster.training.trainer import FIRST_ROWS, MOST_ROWS, collect_training_set, recency_weights, sample_size, train
from forecaster.window import Window

Cities = Callable[..., Window]
SMALL = Boosting(rounds=16, leaves=8)


class TestTraining:
    def test_a_rhythm_is_learned(self, city: Cities) -> None:
        """Every station gains three bikes in the first quarter of an hour and loses them in the third."""
        window = city(6, count=8)
        phase = window.times % 3_600 // 900
        level = np.array([5, 8, 8, 5], np.float32)[phase]
        bikes = np.repeat(level[:, None], 8, axis=1)
        window = replace(window, bikes=bikes, docks=15 - bikes)
        how = Boosting(rounds=60, leaves=8, rate=0.3)
        model = train(MemoryHistory(window), horizons=(30,), sample_rows=9_000, boosting=how)
        last = int(window.times[-1])
        for back in range(0, 3_600, 900):
            now = slice_window(window, last - back - 26 * 3_600, last - back)
            due = level[np.searchsorted(window.times, last - back - 1_800)]  # half an hour on is half an hour ago
            assert model.predict(now).bikes.mean() == pytest.approx(float(due), abs=0.6)

    def test_the_same_seed_makes_the_same_model(self, city: Cities) -> None:
        history = MemoryHistory(city(2))
        one, other = (train(history, horizons=(10,), sample_rows=3_000, boosting=SMALL, seed=7) for _ in range(2))
        assert one.save()["trees.ubj"] == other.save()["trees.ubj"]

    def test_what_comes_after_the_end_changes_nothing(self, city: Cities) -> None:
        window = city(3)
        bikes = window.bikes.copy()
        bikes[window.times >= window.times[0] + 2 * 86_400] = 0
        models = []
        for each in (window, replace(window, bikes=bikes, docks=15 - bikes)):
            history = MemoryHistory(each)
            first, _ = history.span() or pytest.fail("no span")
            models.append(train(history, end=first + timedelta(days=2), sample_rows=3_000, boosting=SMALL).save())
        assert models[0]["trees.ubj"] == models[1]["trees.ubj"]

    def test_progress_is_told_to_its_end(self, city: Cities) -> None:
        told: dict[str, float] = {}
        train(MemoryHistory(city(2)), horizons=(10,), sample_rows=3_000, boosting=SMALL, on_progress=told.__setitem__)
        assert list(told) == ["reading history", "drawing rows", "growing trees"]
        assert told["growing trees"] == 1.0

    def test_no_history_is_told(self, city: Cities) -> None:
        window = city(1)
        with pytest.raises(ValueError, match="no history"):
            train(MemoryHistory(slice_window(window, 0, 1)))


class TestSamples:
    def test_memory_follows_the_rows_asked_for(self, city: Cities) -> None:
        history = MemoryHistory(city(4))
        assert len(collect_training_set(history, sample_rows=2_000).sample) == pytest.approx(2_000, rel=0.15)

    def test_a_first_model_of_a_short_history_draws_few(self) -> None:
        assert sample_size(1_200_000, quick=True) == FIRST_ROWS
        assert sample_size(1_200_000, quick=False) == pytest.approx(600_000, abs=1)
        assert sample_size(100 * MOST_ROWS, quick=True) == sample_size(100 * MOST_ROWS, quick=False) == MOST_ROWS

    def test_recent_rows_count_for_more(self) -> None:
        weight = recency_weights(np.array([0, 30 * 86_400, 60 * 86_400]))
        np.testing.assert_allclose(weight[1:] / weight[:-1], 2, rtol=1e-5)
        assert weight.mean() == pytest.approx(1)
