"""Rerank: every candidate is scored against the question itself; paraphrases speak for their document."""

from __future__ import annotations

from collections.abc import Callable

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from pedalcast.rag.ranking.fusion import fused_scores, lent_scores
from pedalcast.rag.ranking.paraphrase_support import support_by_document
from pedalcast.rag.ranking.passage_score import FITTED, passage_scores
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.candidates import chunk_of
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.text.chunk import Chunk

ComputeSignals = Callable[[PreparedQuery, list[Chunk]], Signals]


class SignalReranker(BaseNodePostprocessor):
    """Orders candidates by their fused scores, or by fitted weights where those are better on sets they have not seen.

    What comes out are texts; a paraphrase speaks for its document.

    >>> from pedalcast.rag.config import RagConfig
    >>> from pedalcast.rag.pipeline import RetrievalPipeline
    >>> from pedalcast.rag.ranking.signal_computer import SignalComputer
    >>> from pedalcast.rag.retrieval.candidates import candidate_nodes
    >>> from pedalcast.rag.retrieval.query_preparer import QueryPreparer
    >>> from pedalcast.rag.types import Document
    >>> pipeline = RetrievalPipeline(RagConfig(folder))
    >>> report = pipeline.ingest([Document("pass", "Passes", "A day pass costs 5,000 won."),
    ...                           Document("bell", "Bells", "Every bike has a bell.")])
    >>> query = QueryPreparer(pipeline.index, wide=False).prepare("price of a day pass", "en", "help")
    >>> rows = pipeline.store.rows_of_bot("help")
    >>> chunks = {chunk.uid: chunk for chunk in pipeline.store.chunks(rows)}
    >>> candidates = candidate_nodes(chunks, dict.fromkeys(chunks, 0.0))
    >>> reranker = SignalReranker(SignalComputer(pipeline.index))
    >>> [candidate.node.text for candidate in reranker.postprocess_nodes(candidates, query)]
    ['A day pass costs 5,000 won.', 'Every bike has a bell.']
    >>> pipeline.close()
    """

    _judge: ComputeSignals = PrivateAttr()
    _off: frozenset[str] = PrivateAttr()

    def __init__(self, judge: ComputeSignals, off: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._judge, self._off = judge, off

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if not isinstance(query_bundle, PreparedQuery):
            raise TypeError("the reranker needs a Question")
        if not nodes:
            return []
        chunks = [chunk_of(node) for node in nodes]
        signals = self._judge(query_bundle, chunks)
        query_bundle.support.update(support_by_document(signals, chunks))
        paraphrased = any(chunk.is_paraphrase for chunk in chunks)
        fitted = query_bundle.lang in FITTED and not paraphrased
        own = (
            passage_scores(signals, query_bundle.lang, self._off)
            if fitted
            else fused_scores(signals.passages, self._off)
        )
        scores = lent_scores(own, chunks)
        own_by_uid = {chunk.uid: score for chunk, score in zip(chunks, own.tolist(), strict=True)}
        texts = []
        for node, chunk, score in zip(nodes, chunks, scores.tolist(), strict=True):
            node.score = score
            if not chunk.is_paraphrase:
                texts.append(node)
        return sorted(texts, key=lambda node: (-(node.score or 0.0), -own_by_uid[chunk_of(node).uid]))
