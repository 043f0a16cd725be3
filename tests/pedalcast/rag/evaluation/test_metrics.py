"""The measures, by hand."""

from __future__ import annotations

import math

import pytest

from pedalcast.rag.evaluation.metrics import answered_at_coverage, ndcg, recall, reciprocal_rank


def test_ndcg() -> None:
    assert ndcg(["a", "b"], {"a": 1}) == 1.0
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert ndcg(list("0123456789a"), {"a": 1}) == 0.0


def test_recall_and_rank() -> None:
    assert recall(["a", "x"], {"a": 1, "b": 1}) == 0.5
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], {"a": 1}) == 0.0


def test_answered_at_coverage() -> None:
    on = [n / 100 for n in range(100)]  # 95 of them at or above .05
    assert answered_at_coverage(on, [0.0, 0.04, 0.05, 0.9]) == 0.5
    assert math.isnan(answered_at_coverage([], [0.1]))
