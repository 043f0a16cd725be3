"""The vector leg: the nearest chunks in the vector store as a LlamaIndex retriever."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)

from pedalcast.rag.retrieval.candidates import candidate_nodes
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical.partition_index import PartitionKey

_EXTRA = 5  # candidates that the wider query may add


class DenseRetriever(BaseRetriever):
    """The nearest chunks of one partition by cosine. `documents` limits it to these documents.

    A vector whose chunk is no longer in the store (left over from a kill in the middle of a write) is ignored.

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

    >>> retriever = DenseRetriever(pipeline.store, pipeline.index.vectors("en"), english, top=5, wide=False)
    >>> [candidate.node.text for candidate in retriever.retrieve(query)]
    ['A day pass costs 5,000 won.', 'Every bike has a bell.']
    >>> pipeline.close()
    """

    def __init__(
        self,
        store: ChunkStore,
        vectors: BasePydanticVectorStore,
        partition: PartitionKey,
        *,
        top: int,
        wide: bool,
        documents: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._store, self._vectors, self._partition = store, vectors, partition
        self._top, self._wide, self._documents = top, wide, documents

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if not isinstance(query_bundle, PreparedQuery):
            raise TypeError("the vector leg needs a Question")
        scores = self._near(query_bundle.dense, self._top)
        if self._wide and query_bundle.wider is not None:
            extra = self._near(query_bundle.wider, _EXTRA)
            scores |= self.cosines(query_bundle, [uid for uid in extra if uid not in scores])
        chunks = {c.uid: c for c in self._store.chunks_by_uid(scores) if c.bot == self._partition.bot}
        return candidate_nodes(chunks, scores)

    def cosines(self, question: PreparedQuery, uids: Sequence[str]) -> dict[str, float]:
        """The cosine of the question with given chunks, to complete what another leg found."""
        return self._near(question.dense, len(uids), list(uids)) if uids else {}

    def _near(self, vector: list[float] | None, top: int, uids: list[str] | None = None) -> dict[str, float]:
        if vector is None:
            return {}
        query = VectorStoreQuery(query_embedding=vector, similarity_top_k=top, node_ids=uids, filters=self._filters())
        result = self._vectors.query(query)
        return dict(zip(result.ids or [], result.similarities or [], strict=True))

    def _filters(self) -> MetadataFilters:
        bot, lang, is_paraphrase = self._partition
        fields = [("bot_id", bot), ("lang", lang), ("kind", "question" if is_paraphrase else "body")]
        filters: list[MetadataFilter | MetadataFilters] = [MetadataFilter(key=k, value=v) for k, v in fields]
        if self._documents is not None:
            wanted = list(self._documents)
            filters.append(MetadataFilter(key="document_id", value=wanted, operator=FilterOperator.IN))
        return MetadataFilters(filters=filters)
