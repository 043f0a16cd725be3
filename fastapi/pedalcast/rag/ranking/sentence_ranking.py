"""Which sentences answer the question: a learned ranking over the sentences of the best passages."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from forecaster.arrays import Doubles
from pedalcast.rag.ranking.boosted_trees import BoostedTrees
from pedalcast.rag.ranking.passage_score import LEARNED, passage_scores
from pedalcast.rag.ranking.signals import PASSAGE, SENTENCE, Signals

_PARTS = ("bm25", "bigrams", "cosine", "maxsim", "sentence_cosine", "sentence_maxsim", "pair_coverage")
_OF_PASSAGE = [PASSAGE.index(n) for n in _PARTS]
_IN_PASSAGE = [SENTENCE.index(n) for n in ("coverage", "bigrams", "maxsim", "cosine")]
_IN_ALL = [SENTENCE.index(n) for n in
           ("coverage", "coverage_before", "coverage_after", "bigrams", "maxsim", "cosine")]  # fmt: skip


def sentence_features(signals: Signals, score: Doubles) -> Doubles:
    """One row a sentence: its signals, its passage's blended score, signals and rank, and how far it is from the
    best. `score` [passages] is the blend."""
    where = signals.layout
    rank = np.argsort(np.argsort(-score, kind="stable"), kind="stable").astype(float)
    own = signals.sentences
    best = np.maximum.reduceat(own[:, _IN_PASSAGE], where.first, axis=0)
    behind = [score[where.passage], (score - score.max())[where.passage], rank[where.passage]]
    return np.column_stack([
        own, *behind, best[where.passage] - own[:, _IN_PASSAGE], signals.passages[where.passage][:, _OF_PASSAGE],
        own[:, _IN_ALL].max(axis=0) - own[:, _IN_ALL],
    ])  # fmt: skip


@cache
def _linear(lang: str) -> tuple[Doubles, Doubles, Doubles]:
    saved = json.loads((LEARNED / f"sentences-{lang}.json").read_bytes())
    return np.array(saved["mean"]), np.array(saved["deviation"]), np.array(saved["weights"])


@cache
def _trees(lang: str) -> BoostedTrees:
    return BoostedTrees.read(LEARNED / f"sentences-{lang}.txt")


def sentence_scores(signals: Signals, lang: str) -> Doubles:
    """The score of every sentence: a linear model's plus small trees'. Comparable within one question."""
    mean, deviation, weights = _linear(lang)
    rows = sentence_features(signals, passage_scores(signals, lang))
    scores: Doubles = ((rows - mean) / deviation) @ weights + _trees(lang).predict(rows)
    return scores
