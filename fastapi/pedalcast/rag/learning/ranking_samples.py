"""Training samples: the signals of a question's candidates, and which of them are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forecaster.arrays import Bools
from pedalcast.rag.evaluation.dataset import Query
from pedalcast.rag.evaluation.evaluation_run import BOT
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking.signals import SentenceLayout, Signals
from pedalcast.rag.retrieval.candidates import chunk_of
from pedalcast.rag.text.chunk import Chunk


@dataclass(frozen=True, slots=True)
class RankingSample:
    """One question's candidates: `right` [candidates], `answers` [sentences] whether the sentence holds an answer.

    `half` (0 or 1) goes by the right document's article, so that the other half is unseen.
    """

    set: str
    signals: Signals
    right: Bools
    answers: Bools
    judged: bool
    unseen: float
    terms: int
    half: int


def collect(retrieval: RetrievalPipeline, name: str, query: Query) -> RankingSample | None:
    """The sample of a question, None where nothing is found for it."""
    nodes, _, _ = retrieval.searching.ranked(query.text, query.lang, BOT)
    chunks = [chunk_of(node) for node in nodes]
    if not chunks:
        return None
    signals, unseen, terms = retrieval.judge.signals_of(query.text, query.lang, BOT, chunks)
    right = np.array([chunk.document in query.relevant for chunk in chunks])
    answers = np.array([any(a in s for a in query.answers) for c in chunks for s in _sentences(c)], bool)
    article = min(query.relevant, default=query.text).split("_")[0]
    half = crc32(f"{name}:{article}".encode()) % 2
    return RankingSample(name, signals, right, answers, bool(query.answers), unseen, terms, half)


def _sentences(chunk: Chunk) -> list[str]:
    return [chunk.text[start:stop] for start, stop in chunk.sentences.tolist()]


def best(
    sample: RankingSample, scores: NDArray[np.float64], top: int, *, without: Bools | None = None
) -> tuple[Signals, Bools, Bools]:
    """The `top` candidates by score, best first: their signals, which are right, which of their sentences answer.

    Candidates marked in `without` are removed first.
    """
    order = [i for i in np.argsort(-scores, kind="stable") if without is None or not without[i]][:top]
    where = sample.signals.layout
    rows = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in order])
    return subset(sample.signals, order, rows), sample.right[order], sample.answers[rows]


def subset(signals: Signals, order: Sequence[int], rows: NDArray[np.int64]) -> Signals:
    """The signals of some candidates in this order; `rows` are their sentences."""
    where = signals.layout
    count = where.count[list(order)]
    first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    layout = SentenceLayout(
        np.repeat(np.arange(len(order)), count), first, count, where.starts[rows], where.stops[rows]
    )
    chosen = list(order)
    return replace(
        signals, passages=signals.passages[chosen], sentences=signals.sentences[rows], layout=layout,
        near=signals.near[:, chosen], held=signals.held[:, chosen],
    )  # fmt: skip
