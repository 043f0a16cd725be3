"""Cuts of the scores: days drawn whole, hours, stations, promised against observed."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.scores.tally import percent_gain, reliability


class TestGain:
    def test_is_the_percentage_under_the_other(self) -> None:
        day = np.repeat(np.arange(10), 5)
        other = np.ones(50, np.float32)
        assert percent_gain(day, other * 0.8, other) == pytest.approx((20, 20, 20), abs=1e-3)

    def test_days_that_disagree_widen_the_interval(self) -> None:
        random = np.random.default_rng(0)
        day = np.repeat(np.arange(10), 100)
        of_the_day = np.repeat(random.normal(0, 0.3, 10), 100)
        other = np.ones(1_000, np.float32)
        middle, low, high = percent_gain(day, (0.9 + of_the_day).astype(np.float32), other)
        assert low < middle < high
        assert high - low > 15
        assert percent_gain(day, (0.9 + random.permutation(of_the_day)).astype(np.float32), other)[1] > low


class TestReliability:
    def test_groups_by_promise(self) -> None:
        chance = np.array([0.02, 0.04, 0.55, 0.55, 1.0], np.float32)
        event = np.array([0, 0, 1, 0, 1], np.float32)
        told = reliability(chance, event)
        assert [one["rows"] for one in told] == [2, 2, 1]
        assert told[1]["observed"] == 0.5
        assert told[0]["promised"] == pytest.approx(0.03)
