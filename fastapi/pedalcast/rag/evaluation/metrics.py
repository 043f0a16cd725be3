"""Measures of a ranking, of answers and of abstaining."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, gains linear in the grade, as BEIR's (trec_eval) has it."""
    gained = sum(relevant.get(id_, 0) / math.log2(n + 2) for n, id_ in enumerate(ranked[:k]))
    ideal = sum(g / math.log2(n + 2) for n, g in enumerate(sorted(relevant.values(), reverse=True)[:k]))
    return gained / ideal


def recall(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 20) -> float:
    """The share of the right documents among the first k."""
    return len(set(ranked[:k]) & relevant.keys()) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """1 / the place of the first right document, 0 if there is none."""
    return next((1 / (n + 1) for n, id_ in enumerate(ranked) if id_ in relevant), 0.0)


def answered_at_coverage(on_topic: Sequence[float], off_topic: Sequence[float], coverage: float = 0.95) -> float:
    """The share of off-topic questions that would be answered if this share of on-topic ones had to be.

    The threshold is the largest score that at least `coverage` of the on-topic questions reach.
    """
    if not on_topic or not off_topic:
        return math.nan
    ordered = sorted(on_topic, reverse=True)
    threshold = ordered[math.ceil(coverage * len(ordered)) - 1]
    return sum(score >= threshold for score in off_topic) / len(off_topic)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    return {f"p{p}": round(float(np.percentile(seconds, p)) * 1000, 1) for p in (50, 95)} if seconds else {}
