"""Rerank: every candidate is scored against the question itself; alternative wordings speak for their document."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from numpy.typing import NDArray
from pydantic import PrivateAttr

from pedalcast.rag.blend import asked_weights, blend
from pedalcast.rag.nodes import chunk_of
from pedalcast.rag.question import Question
from pedalcast.rag.signals import Signals
from pedalcast.rag.store import Chunk

Judge = Callable[[Question, list[Chunk]], Signals]


class BlendReranker(BaseNodePostprocessor):
    """Orders candidates by the blend of their signals. What comes out are texts; alternative wordings are used up."""

    _judge: Judge = PrivateAttr()
    _off: frozenset[str] = PrivateAttr()

    def __init__(self, judge: Judge, off: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._judge, self._off = judge, off

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if not isinstance(query_bundle, Question):
            raise TypeError("the reranker needs a Question")
        if not nodes:
            return []
        chunks = [chunk_of(node) for node in nodes]
        signals = self._judge(query_bundle, chunks)
        if any(chunk.question for chunk in chunks):
            scores = _with_wordings(signals, chunks, query_bundle.lang)
        else:
            scores = blend(signals, query_bundle.lang, self._off)
        kept = []
        for node, chunk, score in zip(nodes, chunks, scores.tolist(), strict=True):
            node.score = score
            if not chunk.question:
                kept.append(node)
        return sorted(kept, key=lambda node: -(node.score or 0.0))


def _with_wordings(signals: Signals, chunks: list[Chunk], lang: str) -> NDArray[np.float64]:
    """Each text's own signals and the best of each signal over its document's alternative wordings, weighted."""
    text, asked = asked_weights(lang)
    scores: NDArray[np.float64] = signals.passages @ text + lent(signals.passages, chunks) @ asked
    return scores


def lent(
    passages: NDArray[np.float64], chunks: Sequence[Chunk], hidden: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """The best of each signal over the alternative wordings of each chunk's document, 0 without any; those `hidden`
    [chunks] do not count. Same shape as `passages`."""
    best: dict[str, NDArray[np.float64]] = {}
    for i, (chunk, row) in enumerate(zip(chunks, passages, strict=True)):
        if chunk.question and (hidden is None or not hidden[i]):
            best[chunk.document] = np.maximum(best.get(chunk.document, row), row)
    nothing = np.zeros(passages.shape[1])
    return np.array([best.get(chunk.document, nothing) for chunk in chunks])
