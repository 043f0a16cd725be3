"""Rerank: every candidate is scored against the question itself, alternative wordings lend theirs to their document."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from pedalcast.rag.blend import blend
from pedalcast.rag.nodes import chunk_of
from pedalcast.rag.question import Question
from pedalcast.rag.signals import Signals
from pedalcast.rag.store import Chunk

Judge = Callable[[Question, list[Chunk]], Signals]
_LENT = 0.6  # how much of an alternative wording's lead over the text goes to the text


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
        scores = blend(self._judge(query_bundle, chunks), query_bundle.lang, self._off)
        lent = _best_question(chunks, scores)
        kept = []
        for node, chunk, score in zip(nodes, chunks, scores.tolist(), strict=True):
            if not chunk.question:
                node.score = score + _LENT * max(0.0, lent.get(chunk.document, -np.inf) - score)
                kept.append(node)
        return sorted(kept, key=lambda node: -(node.score or 0.0))


def _best_question(chunks: list[Chunk], scores: np.ndarray) -> dict[str, float]:  # type: ignore[type-arg] # 1-d floats
    best: dict[str, float] = {}
    for chunk, score in zip(chunks, scores.tolist(), strict=True):
        if chunk.question:
            best[chunk.document] = max(best.get(chunk.document, score), score)
    return best
