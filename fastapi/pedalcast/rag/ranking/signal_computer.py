"""Computes the signals of candidates: completes their BM25 scores and cosines, and loads their word vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import structlog
from numpy.typing import NDArray

from pedalcast.rag.embeddings.base import Vector, WordVectors
from pedalcast.rag.embeddings.kiwi import KiwiEmbedding
from pedalcast.rag.ranking.signals import Signals, compute_signals
from pedalcast.rag.retrieval.candidate_pool import SEARCH_FAULTS
from pedalcast.rag.retrieval.dense_retriever import DenseRetriever
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.chunk import Chunk

log = structlog.get_logger(__name__)
_NOTHING = WordVectors(np.empty((0, 2), np.int64), np.empty((0, 128), np.float32), np.empty(0, np.float32))


class SignalComputer:
    """Works out the signals of chunks for a question."""

    def __init__(self, index: DocumentIndex) -> None:
        self._index = index

    def __call__(
        self, question: PreparedQuery, chunks: Sequence[Chunk], cosines: Mapping[str, float] | None = None
    ) -> Signals:
        """The signals of chunks; `cosines` are those a leg has found already, the others are fetched."""
        known = dict(cosines or {})
        missing = [c for c in chunks if c.uid not in known]
        try:
            known |= self._cosines(question, missing)
        except SEARCH_FAULTS:
            log.warning("vector store unavailable, cosines left out", bot=question.bot, missing=len(missing))
        dense = np.array([known.get(c.uid, 0.0) for c in chunks])
        return compute_signals(question, chunks, self._words(question, chunks), self._bm25(question, chunks), dense)

    def _bm25(self, question: PreparedQuery, chunks: Sequence[Chunk]) -> NDArray[np.float64]:
        scores = np.zeros(len(chunks))
        for kind in (False, True):
            mine = [i for i, c in enumerate(chunks) if c.is_paraphrase is kind]
            if mine:
                partition = PartitionKey(question.bot, chunks[mine[0]].lang, kind)
                rows = [chunks[i].row for i in mine]
                scores[mine] = self._index.lexical.scores(partition, question.keys.tolist(), rows)
        return scores

    def _cosines(self, question: PreparedQuery, chunks: Sequence[Chunk]) -> dict[str, float]:
        if question.dense is None or not chunks or chunks[0].lang != question.lang:
            return {}
        found: dict[str, float] = {}
        vectors = self._index.vectors(question.lang)
        for kind in (False, True):
            uids = [c.uid for c in chunks if c.is_paraphrase is kind]
            partition = PartitionKey(question.bot, question.lang, kind)
            leg = DenseRetriever(self._index.store, vectors, partition, top=len(uids), wide=False)
            found |= leg.cosines(question, uids)
        return found

    def _words(self, question: PreparedQuery, chunks: Sequence[Chunk]) -> list[WordVectors]:
        model = self._index.models.local[question.lang]
        if chunks and chunks[0].lang != question.lang:
            return [_empty(question.local.words.vectors)] * len(chunks)
        if isinstance(model, KiwiEmbedding):
            return [model.words(chunk.text, chunk.terms) for chunk in chunks]
        kept = self._index.store.token_vectors(
            self._index.models.collection(question.lang), [chunk.row for chunk in chunks]
        )
        return [WordVectors.unpack(kept[c.row]) if c.row in kept else _NOTHING for c in chunks]


def _empty(vectors: Vector) -> WordVectors:
    return WordVectors(np.empty((0, 2), np.int64), np.empty((0, vectors.shape[1]), np.float32), np.empty(0, np.float32))
