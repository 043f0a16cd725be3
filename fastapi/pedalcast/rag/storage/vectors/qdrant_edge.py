"""Qdrant embedded in this process (qdrant-edge-py) behind LlamaIndex's vector-store interface."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import UUID

from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from pydantic import PrivateAttr
from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeShard,
    EdgeVectorParams,
    FieldCondition,
    Filter,
    HasIdCondition,
    KeywordIndexParams,
    MatchAny,
    MatchValue,
    Point,
    Query,
    QueryRequest,
    UpdateOperation,
)


class VectorStoreError(RuntimeError):
    """The embedded vector store failed, or another process has it open."""


@contextmanager
def typed_edge_errors() -> Iterator[None]:
    """qdrant-edge raises bare `Exception`s: give them a class of their own."""
    try:
        yield
    except Exception as fault:
        if type(fault) is not Exception:
            raise
        text = str(fault)
        if "WouldBlock" in text:
            text = "another process has this folder open"
        raise VectorStoreError(f"the embedded vector store: {text}") from fault


_READY = "ready"  # written once the shard and its indexes are made
INDEXED = ("bot_id", "lang", "kind", "document_id")


class EdgeVectorStore(BasePydanticVectorStore):
    """One collection of unit vectors in one folder, which one process at a time may open.

    Every write is in the write-ahead log when it returns. Payloads hold the nodes' metadata, not their text.

    >>> from uuid import UUID
    >>> from llama_index.core.schema import TextNode
    >>> from llama_index.core.vector_stores.types import VectorStoreQuery
    >>> vectors = EdgeVectorStore(folder / "compass", width=2)
    >>> east, north = str(UUID(int=1)), str(UUID(int=2))
    >>> nodes = [TextNode(id_=east, embedding=[1.0, 0.0]), TextNode(id_=north, embedding=[0.0, 1.0])]
    >>> written = vectors.add(nodes)
    >>> nearest = vectors.query(VectorStoreQuery(query_embedding=[0.6, 0.8], similarity_top_k=1))
    >>> nearest.ids == [north], round(nearest.similarities[0], 3)
    (True, 0.8)
    >>> vectors.close()
    """

    stores_text: bool = False
    is_embedding_query: bool = True
    _shard: Any = PrivateAttr()  # EdgeShard; the package's stubs are incomplete
    _lock: Any = PrivateAttr()

    def __init__(self, folder: Path, width: int) -> None:
        super().__init__(stores_text=False)
        self._lock = RLock()
        vectors = {"dense": EdgeVectorParams(size=width, distance=Distance.Dot)}
        self._shard = open_shard(folder, EdgeConfig(vectors=vectors, max_search_threads=1))

    @property
    def client(self) -> Any:
        """The shard itself."""
        return self._shard

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Write nodes with their embeddings, replacing those of the same id."""
        points = [Point(node.node_id, {"dense": node.get_embedding()}, node.metadata) for node in nodes]
        with self._lock, typed_edge_errors():
            self._shard.update(UpdateOperation.upsert_points(points))
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Delete all vectors of a document."""
        condition = Filter(must=[FieldCondition("document_id", match=MatchValue(ref_doc_id))])
        with self._lock, typed_edge_errors():
            self._shard.update(UpdateOperation.delete_points_by_filter(condition))

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any) -> None:
        """Delete nodes by id; filters are not supported."""
        if filters is not None:
            raise NotImplementedError("delete by filters")
        with self._lock, typed_edge_errors():
            self._shard.update(UpdateOperation.delete_points(list(node_ids or [])))

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nearest nodes by dot product, best first, among those the filters (and `node_ids`) admit."""
        request = QueryRequest(
            limit=query.similarity_top_k,
            query=Query.Nearest(query.query_embedding or [], using="dense"),
            filter=_filter(query),
            with_payload=True,
        )
        with self._lock, typed_edge_errors():
            points = self._shard.query(request)
        return VectorStoreQueryResult(
            nodes=[TextNode(id_=str(p.id), text="", metadata=p.payload or {}) for p in points],
            similarities=[p.score for p in points],
            ids=[str(p.id) for p in points],
        )

    def count(self) -> int:
        """How many vectors are kept."""
        return int(self._shard.info().points_count)

    def flush(self) -> None:
        """Bring everything to disk."""
        with self._lock, typed_edge_errors():
            self._shard.flush()

    def close(self) -> None:
        """Flush, and let go of the folder."""
        with self._lock, typed_edge_errors():
            self._shard.flush()
            self._shard.close()


def is_made(folder: Path) -> bool:
    """Whether there is a shard in the folder."""
    return (folder / _READY).exists()


def open_shard(folder: Path, config: EdgeConfig) -> EdgeShard:
    """The shard in a folder, or a new, empty one. One whose making was cut short holds nothing yet and is made again.

    Raises `VectorStoreError` if another process has it open.
    """
    with typed_edge_errors():
        return EdgeShard.load(str(folder)) if is_made(folder) else _create(folder, config)


def _create(folder: Path, config: EdgeConfig) -> EdgeShard:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shard = EdgeShard.create(str(folder), config)
    for name in INDEXED:
        shard.update(UpdateOperation.create_field_index(name, KeywordIndexParams()))
    shard.flush()
    (folder / _READY).touch()
    return shard


def _filter(query: VectorStoreQuery) -> Filter:
    must: list[Any] = []
    for condition in query.filters.filters if query.filters else []:
        value: Any = condition.value  # type: ignore[union-attr] # nested filters are not used here
        match = MatchAny(value) if isinstance(value, list) else MatchValue(value)
        must.append(FieldCondition(condition.key, match=match))  # type: ignore[union-attr]
    if query.node_ids:
        must.append(HasIdCondition({UUID(i) for i in query.node_ids}))
    return Filter(must=must)
