"""Scores against what they are by definition."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.distribution import CHANGES, WIDTH, Distribution, bounded
from forecaster.scores.row_scores import interval_coverage, mean_scores, score_rows


def certain(now: np.ndarray, change: int = 0) -> Distribution:
    cdf = np.broadcast_to(change <= CHANGES, (len(now), WIDTH)).astype(np.float32)
    return bounded(cdf, now.astype(np.float32), (20 - now).astype(np.float32), np.full(len(now), 20, np.float32))


def spread(now: np.ndarray, scale: float) -> Distribution:
    share = np.exp(-np.abs(CHANGES) / scale)
    cdf = np.repeat(np.cumsum(share / share.sum())[None].astype(np.float32), len(now), axis=0)
    return bounded(cdf, now.astype(np.float32), (40 - now).astype(np.float32), np.full(len(now), 40, np.float32))


class TestCrps:
    def test_of_a_certain_forecast_is_its_absolute_error(self) -> None:
        now, later = np.array([5, 5, 5, 0]), np.array([5, 8, 1, 2], np.float32)
        scored = score_rows(certain(now), later, 20 - later)
        np.testing.assert_allclose(scored.crps, [0, 3, 4, 2])
        np.testing.assert_allclose(scored.absolute, [0, 3, 4, 2])
        np.testing.assert_allclose(scored.square, [0, 9, 16, 4])

    def test_is_expected_distance_less_half_the_spread(self) -> None:
        it = spread(np.array([20]), 2.0)
        pmf = np.diff(it.cdf[0], prepend=0)
        values = 20 + CHANGES
        distance = (pmf * np.abs(values - 23)).sum()
        spreading = (pmf[:, None] * pmf * np.abs(values[:, None] - values)).sum()
        scored = score_rows(it, np.array([23], np.float32), np.array([17], np.float32))
        assert scored.crps[0] == pytest.approx(distance - spreading / 2, rel=1e-4)

    def test_is_least_for_the_truth(self) -> None:
        random = np.random.default_rng(0)
        now = np.full(20_000, 20)
        share = np.exp(-np.abs(CHANGES) / 2.0)
        later = (20 + random.choice(CHANGES, len(now), p=share / share.sum())).astype(np.float32)
        means = {scale: score_rows(spread(now, scale), later, 40 - later).crps.mean() for scale in (1.0, 2.0, 4.0)}
        assert min(means, key=lambda scale: means[scale]) == 2.0


class TestCalibration:
    def test_coverage_of_the_truth_is_what_was_promised(self) -> None:
        random = np.random.default_rng(1)
        now = np.full(20_000, 20)
        share = np.exp(-np.abs(CHANGES) / 0.4)  # nearly all unchanged: where a raw interval would cover far too much
        later = (20 + random.choice(CHANGES, len(now), p=share / share.sum())).astype(np.float32)
        scored = score_rows(spread(now, 0.4), later, 40 - later)
        assert interval_coverage(scored).mean() == pytest.approx(0.8, abs=0.015)
        assert np.abs(np.histogram(scored.pit, 10, (0, 1))[0] / len(now) - 0.1).max() < 0.015


class TestEnds:
    def test_empty_and_full_by_their_names(self) -> None:
        scored = score_rows(certain(np.array([0, 20, 5])), np.array([0, 19, 5], np.float32), np.array([20, 0, np.nan]))
        np.testing.assert_array_equal(scored.empty, [1, 0, 0])
        np.testing.assert_array_equal(scored.full, [0, 1, 0])
        np.testing.assert_array_equal(scored.was_empty, [1, 0, 0])
        assert np.isnan(scored.was_full[2])
        assert mean_scores(scored)["brier_full"] == 0
