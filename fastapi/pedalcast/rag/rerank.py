"""Rerank: every candidate is scored against the question itself; alternative wordings speak for their document."""

from __future__ import annotations

from collections.abc import Callable

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from pedalcast.rag.blend import asked_weights, blend
from pedalcast.rag.nodes import chunk_of
from pedalcast.rag.question import Question
from pedalcast.rag.signals import Signals
from pedalcast.rag.store import Chunk
from pedalcast.rag.support import lent, supports

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
            query_bundle.support.update(found := supports(signals, chunks))
            text, asked = asked_weights(query_bundle.lang)
            scores = signals.passages @ text + lent(found, chunks) @ asked
        else:
            scores = blend(signals, query_bundle.lang, self._off)
        kept = []
        for node, chunk, score in zip(nodes, chunks, scores.tolist(), strict=True):
            node.score = score
            if not chunk.question:
                kept.append(node)
        return sorted(kept, key=lambda node: -(node.score or 0.0))
