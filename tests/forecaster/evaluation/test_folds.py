"""Rolling origins: the gap is kept, the end is the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.evaluation.folds import folds_of
from forecaster.window import Window

Cities = Callable[..., Window]


class TestFolds:
    def test_they_follow_each_other_to_the_end(self, city: Cities) -> None:
        history = MemoryHistory(city(10))
        first, last = history.span() or pytest.fail("no span")
        folds = folds_of(history, last=0.2, count=2, horizons=(10, 60))
        assert folds[-1].end == last + timedelta(seconds=1)
        assert folds[0].end == folds[1].start
        assert (last - folds[0].start) / (last - first) == pytest.approx(0.2, abs=0.001)
        assert all(fold.start - fold.train_end >= timedelta(minutes=60) for fold in folds)

    def test_too_short_a_history_is_refused(self, city: Cities) -> None:
        with pytest.raises(ValueError, match="too short"):
            folds_of(MemoryHistory(city(0.3)), last=0.2, count=3, horizons=(60,))
