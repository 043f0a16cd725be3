"""Distributions: bounded, coherent, and equal to what counting says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecaster.distribution import CHANGES, WIDTH, Distribution, bounded

shares = arrays(np.float64, (3, WIDTH), elements=st.floats(0, 1)).filter(lambda a: bool((a.sum(axis=1) > 0.1).all()))
counts = arrays(np.float32, 3, elements=st.integers(0, 30).map(float))


def made(share: np.ndarray, now: np.ndarray, docks: np.ndarray) -> Distribution:
    cdf = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1).astype(np.float32)
    return bounded(cdf, now.astype(np.float32), docks.astype(np.float32), (now + docks).astype(np.float32))


class TestCoherence:
    @given(share=shares, now=counts, docks=counts)
    def test_all_numbers_come_from_one_distribution(
        self, share: np.ndarray, now: np.ndarray, docks: np.ndarray
    ) -> None:
        it = made(share, now, docks)
        pmf = np.diff(it.cdf, axis=1, prepend=0)
        values = now[:, None] + CHANGES
        assert (np.diff(it.cdf, axis=1) >= 0).all()
        np.testing.assert_allclose(it.mean(), (pmf * values).sum(axis=1), rtol=1e-3, atol=2e-3)
        np.testing.assert_allclose(it.p_bike(), np.where(values >= 1, pmf, 0).sum(axis=1), atol=1e-5)
        np.testing.assert_allclose(it.p_dock(), np.where(docks[:, None] > CHANGES, pmf, 0).sum(axis=1), atol=1e-5)
        low, high = it.quantile(0.1), it.quantile(0.9)
        assert (low <= high).all()
        assert (low >= np.maximum(0, now - 40)).all()
        assert (high <= np.maximum(now, np.minimum(now + docks, now + 40))).all()


class TestEnds:
    def test_what_would_fall_below_zero_lies_there(self) -> None:
        share = np.full((1, WIDTH), 1.0)
        it = made(share, np.array([2]), np.array([3]))
        assert it.p_bike()[0] == pytest.approx(1 - 39 / 81, abs=1e-4)
        assert it.p_dock()[0] == pytest.approx(43 / 81, abs=1e-4)

    def test_an_unknown_count_has_no_numbers(self) -> None:
        cdf = np.cumsum(np.full((1, WIDTH), 1 / WIDTH), axis=1).astype(np.float32)
        it = bounded(cdf, np.array([np.nan], np.float32), np.array([np.nan], np.float32), np.array([5], np.float32))
        for value in (it.mean(), it.quantile(0.1), it.p_bike(), it.p_dock()):
            assert np.isnan(value[0])
