"""The lexical leg: BM25 over stems and morphemes as a LlamaIndex retriever."""

from __future__ import annotations

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle
from numpy.typing import NDArray

from pedalcast.rag.retrieval.candidates import candidate_nodes
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.retrieval.query_expansion import rarest_terms
from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical.lexical_index import LexicalIndex
from pedalcast.rag.storage.lexical.partition_index import PartitionKey

_EXTRA = 5  # candidates that the wider query may add


class Bm25Retriever(BaseRetriever):
    """The best chunks of one partition; chunks that score 0 are left out.

    `allowed` limits it to these rows. `wide` adds the best chunks for the question's rarest terms.

    >>> from pedalcast.rag.config import RagConfig
    >>> from pedalcast.rag.pipeline import RetrievalPipeline
    >>> from pedalcast.rag.retrieval.query_preparer import QueryPreparer
    >>> from pedalcast.rag.storage.lexical.partition_index import PartitionKey
    >>> from pedalcast.rag.types import Document
    >>> pipeline = RetrievalPipeline(RagConfig(folder))
    >>> report = pipeline.ingest([Document("pass", "Passes", "A day pass costs 5,000 won."),
    ...                           Document("bell", "Bells", "Every bike has a bell.")])
    >>> query = QueryPreparer(pipeline.index, wide=False).prepare("price of a day pass", "en", "help")
    >>> english = PartitionKey("help", "en", is_paraphrase=False)

    >>> retriever = Bm25Retriever(pipeline.store, pipeline.index.lexical, english, top=5, wide=False)
    >>> [candidate.node.text for candidate in retriever.retrieve(query)]
    ['A day pass costs 5,000 won.']
    >>> pipeline.close()
    """

    def __init__(
        self,
        store: ChunkStore,
        lexical: LexicalIndex,
        partition: PartitionKey,
        *,
        top: int,
        wide: bool,
        allowed: NDArray[np.int64] | None = None,
    ) -> None:
        super().__init__()
        self._store, self._lexical, self._partition = store, lexical, partition
        self._top, self._wide, self._allowed = top, wide, allowed

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if not isinstance(query_bundle, PreparedQuery):
            raise TypeError("the lexical leg needs a Question")
        hits = dict(self._search(query_bundle.keys.tolist(), self._top))
        if self._wide:
            hits = dict(self._search(rarest_terms(query_bundle), _EXTRA)) | hits
        chunks = {c.uid: c for c in self._store.chunks(hits) if c.bot == self._partition.bot}
        return candidate_nodes(chunks, {uid: hits[c.row] for uid, c in chunks.items()})

    def _search(self, keys: list[int], top: int) -> list[tuple[int, float]]:
        return self._lexical.search(self._partition, keys, top, self._allowed)
