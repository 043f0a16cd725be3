"""Targets: the right poll later, or none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecaster.training.targets import match_polls, targets
from forecaster.window import Window


class TestMatching:
    def test_takes_the_nearest_poll(self) -> None:
        times = np.array([0, 480, 700, 1_900])
        rows, good = match_polls(times, np.array([0]), 10)
        assert (rows[0], bool(good[0])) == (2, True)

    def test_a_poll_too_far_beside_is_none(self) -> None:
        times = np.array([0, 300, 1_200])
        assert not match_polls(times, np.array([0]), 10)[1][0]

    def test_a_row_is_never_its_own_future(self) -> None:
        times = np.array([0, 10_000])
        assert not match_polls(times, np.array([1]), 10)[1].any()


class TestTargets:
    def test_counts_later(self, city: Callable[..., Window]) -> None:
        window = city(1, count=3)
        at = np.array([5, 50])
        bikes, docks = targets(window, at, (10, 60))
        np.testing.assert_array_equal(bikes[..., 0], window.bikes[at + 2])
        np.testing.assert_array_equal(docks[..., 1], window.docks[at + 12])

    def test_the_end_of_the_window_is_unknown(self, city: Callable[..., Window]) -> None:
        window = city(1, count=3)
        assert np.isnan(targets(window, np.array([len(window.times) - 3]), (60,))[0]).all()
