"""The passages of one bot that answer a question: both legs, merged, reranked, without duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore

from pedalcast.rag.config import RagConfig
from pedalcast.rag.ranking.cross_encoder import cross_encoder
from pedalcast.rag.ranking.dedup import Dedup
from pedalcast.rag.ranking.fusion import fused_ranks
from pedalcast.rag.ranking.reranker import SignalReranker
from pedalcast.rag.ranking.signal_computer import SignalComputer
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.bm25_retriever import Bm25Retriever
from pedalcast.rag.retrieval.candidate_pool import CandidatePool, SearchLeg, gather_candidates
from pedalcast.rag.retrieval.candidates import ChunkNode, chunk_of
from pedalcast.rag.retrieval.dense_retriever import DenseRetriever
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.retrieval.query_preparer import QueryPreparer
from pedalcast.rag.storage.chunk_store import StoredDocument
from pedalcast.rag.storage.document_filters import EVERYTHING, LANG, DocumentFilters, admits
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.rag.storage.document_pictures import pictures_by
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.types import Passage, RetrievalResult

CROSS_POOL = 40  # candidates that a cross-encoder puts in order
_PER_DOCUMENT = 4  # texts that a paraphrase brings in


class PassageSearch:
    """Searches the index by words and vectors. Safe to use from several threads."""

    def __init__(self, config: RagConfig, index: DocumentIndex, preparer: QueryPreparer) -> None:
        self._config, self._index, self._preparer = config, index, preparer
        self._store = index.store
        self._signals = SignalComputer(index)
        self._workers = ThreadPoolExecutor(4, "leg")
        self._cross: BaseNodePostprocessor | None = (
            cross_encoder(config.cross_encoder, config.top) if config.cross_encoder else None
        )
        self.embedding_faults: dict[str, str | None] = {}  # of the last search in a language

    def close(self) -> None:
        """End the legs' threads."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def search(
        self, question: str, lang: str, bot: str, filters: DocumentFilters = EVERYTHING, also: Sequence[str] = ()
    ) -> RetrievalResult:
        """The passages, best first, at most `config.top`, as `RetrievalPipeline.search` has them."""
        nodes, timings, notes = self.ranked(question, lang, bot, filters)
        began = perf_counter()
        if also:
            nodes = fused_ranks([nodes, *(self.ranked(query, lang, bot, filters)[0] for query in also)])
            timings["queries"], began = perf_counter() - began, perf_counter()
        passages = self.trimmed(nodes, question)
        timings["dedup"] = perf_counter() - began
        return RetrievalResult(tuple(passages), timings, tuple(notes))

    def ranked(
        self, question: str, lang: str, bot: str, filters: DocumentFilters = EVERYTHING
    ) -> tuple[list[NodeWithScore], dict[str, float], list[str]]:
        """All candidates, reranked, before duplicates are dropped and the best cut off; seconds by step; notes."""
        if not question.strip():
            return [], {}, []
        began = perf_counter()
        ready = self._preparer.prepare(question, lang, bot, dense="dense" not in self._config.off)
        self.embedding_faults[lang] = ready.fault
        prepared = perf_counter()
        pool = gather_candidates(self.legs(ready, filters), self._workers, self._config.leg_timeout)
        gathered = perf_counter()
        nodes = self._rerank(ready, pool)
        timings = {"prepare": prepared - began, **pool.timings, "merge": gathered - prepared,
                   "rerank": perf_counter() - gathered}  # fmt: skip
        return nodes, timings, [*([ready.fault] if ready.fault else []), *pool.notes]

    def trimmed(self, nodes: list[NodeWithScore], question: str = "") -> list[Passage]:
        """The best of ranked candidates, at most `top`: without duplicates, in the cross-encoder's order if one is set,
        which sees `CROSS_POOL` of them."""
        kept = self._config.top if self._cross is None else CROSS_POOL
        steps: list[BaseNodePostprocessor] = [] if "dedup" in self._config.off else [Dedup(top=kept)]
        if self._cross is not None:
            steps.append(self._cross)
        for step in steps:
            nodes = step.postprocess_nodes(nodes, query_str=question)
        return self.passages(nodes[: self._config.top])

    def candidates(self, question: str, lang: str, bot: str) -> list[Chunk]:
        """The candidates of both legs, unordered, with paraphrases and the texts of their documents."""
        legs = self.legs(self._preparer.prepare(question, lang, bot), EVERYTHING)
        pool = gather_candidates(legs, self._workers, self._config.leg_timeout)
        return [chunk_of(node) for node in self._with_texts(bot, list(pool.nodes.values()))]

    def passages(self, nodes: Sequence[NodeWithScore]) -> list[Passage]:
        """Candidates as passages, with what is stored of their documents."""
        chunks = [chunk_of(node) for node in nodes]
        records: dict[str, StoredDocument] = {}
        for bot in {c.bot for c in chunks}:
            records |= self._store.records(bot, {c.document for c in chunks})
        return [_passage(c, records[c.document], n.score or 0.0) for c, n in zip(chunks, nodes, strict=True)]

    def legs(self, question: PreparedQuery, filters: DocumentFilters) -> dict[str, SearchLeg]:
        """The searches by words and by vectors, of texts and of paraphrases, by name."""
        off, top, wide = self._config.off, self._config.pool, "queries" not in self._config.off
        documents = self._admitted(question.bot, filters)
        wanted = filters.get(LANG)
        kept = [lang for lang in self._store.languages(question.bot) if wanted is None or lang in wanted]
        if not kept:
            return {}
        lang = question.lang if question.lang in kept else kept[0]
        legs: dict[str, SearchLeg] = {}
        for kind in (False,) if "questions" in off else (False, True):
            partition, name = PartitionKey(question.bot, lang, kind), "_questions" if kind else ""
            if "bm25" not in off:
                rows = None if documents is None else np.array(self._store.rows_of(question.bot, documents), np.int64)
                lexical = Bm25Retriever(
                    self._store, self._index.lexical, partition, top=top, wide=wide and not kind, allowed=rows
                )
                legs[f"bm25{name}"] = partial(lexical.retrieve, question)
            if question.dense is not None and lang == question.lang:
                legs[f"dense{name}"] = partial(self._near, question, partition, documents, wide=wide and not kind)
        return legs

    def _near(
        self, question: PreparedQuery, partition: PartitionKey, documents: Sequence[str] | None, *, wide: bool
    ) -> list[NodeWithScore]:
        """The vector leg. The store is opened here, so that an unavailable one fails this leg only."""
        vectors = self._index.vectors(partition.lang)
        leg = DenseRetriever(self._store, vectors, partition, top=self._config.pool, wide=wide, documents=documents)
        return leg.retrieve(question)

    def _admitted(self, bot: str, filters: DocumentFilters) -> list[str] | None:
        """The documents that the filters admit; None where they admit all."""
        if not filters.keys() - {LANG}:
            return None
        return [document for document, fields in self._store.document_fields(bot).items() if admits(filters, fields)]

    def _rerank(self, question: PreparedQuery, pool: CandidatePool) -> list[NodeWithScore]:
        nodes = self._with_texts(question.bot, list(pool.nodes.values()))
        if "rerank" in self._config.off:
            return _interleaved(nodes, pool)
        cosines = {k: v for name, leg in pool.scores.items() if name.startswith("dense") for k, v in leg.items()}

        def signals(ready: PreparedQuery, chunks: list[Chunk]) -> Signals:
            return self._signals(ready, chunks, cosines)

        return SignalReranker(signals, self._config.off).postprocess_nodes(nodes, question)

    def _with_texts(self, bot: str, nodes: list[NodeWithScore]) -> list[NodeWithScore]:
        """The candidates, and the texts of documents that only a paraphrase has found."""
        chunks = [chunk_of(node) for node in nodes]
        bodies = {c.document for c in chunks if not c.is_paraphrase}
        extra = [
            chunk
            for document in dict.fromkeys(c.document for c in chunks if c.is_paraphrase and c.document not in bodies)
            for chunk in [c for c in self._store.document_chunks(bot, document) if not c.is_paraphrase][:_PER_DOCUMENT]
        ]
        return [*nodes, *(NodeWithScore(node=ChunkNode.of(chunk), score=0.0) for chunk in extra)]


def _interleaved(nodes: list[NodeWithScore], pool: CandidatePool) -> list[NodeWithScore]:
    """Without a reranker: each leg's first, then each leg's second, and so on."""
    place = {uid: rank for leg in pool.scores.values() for rank, uid in reversed(list(enumerate(leg)))}
    texts = [n for n in nodes if not chunk_of(n).is_paraphrase]
    for node in texts:
        node.score = -float(place.get(chunk_of(node).uid, 99))
    return sorted(texts, key=lambda node: -(node.score or 0.0))


def _passage(chunk: Chunk, record: StoredDocument, score: float) -> Passage:
    return Passage(
        chunk_id=chunk.uid, document_id=chunk.document, title=record.title, url=record.url, page=chunk.page,
        lang=chunk.lang, text=chunk.text, start=chunk.start, end=chunk.stop, bot_id=chunk.bot, score=score,
        topic=record.topic, heading=chunk.heading, pictures=pictures_by(chunk, record.pictures),
    )  # fmt: skip
