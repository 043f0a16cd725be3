"""BM25 as sparse vectors in Qdrant: embedded in this process, or a server. Points are known by their chunks' uid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import qdrant_edge as edge
from qdrant_client import QdrantClient, models

from pedalcast.rag.storage.qdrant_edge import INDEXED, open_shard, typed_edge_errors

_NAME = "bm25"


class SparsePoint(NamedTuple):
    """A chunk: its uid, the fields it is filtered by, and the weight of each of its terms (numbers of 32 bits)."""

    uid: str
    fields: Mapping[str, str]
    weights: Mapping[int, float]


class SparseVectors(Protocol):
    """What keeps the points."""

    def put(self, points: Sequence[SparsePoint]) -> None:
        """Write points, replacing those of the same uid."""

    def delete(self, uids: Sequence[str]) -> None:
        """Delete points; unknown ones are ignored."""

    def nearest(
        self, weights: Mapping[int, float], fields: Mapping[str, str], n: int, uids: Sequence[str] | None = None
    ) -> list[str]:
        """The uids with the largest products, best first, of those whose fields match (and that are among `uids`)."""

    def close(self) -> None:
        """Release what is open."""


class EdgeSparseVectors:
    """In one folder, which one process at a time may open."""

    def __init__(self, folder: Path) -> None:
        self._lock = RLock()
        self._shard = open_shard(folder, edge.EdgeConfig(sparse_vectors={_NAME: edge.EdgeSparseVectorParams()}))

    def put(self, points: Sequence[SparsePoint]) -> None:
        records = [edge.Point(p.uid, {_NAME: _edge_vector(p.weights)}, dict(p.fields)) for p in points]
        with self._lock, typed_edge_errors():
            self._shard.update(edge.UpdateOperation.upsert_points(records))

    def delete(self, uids: Sequence[str]) -> None:
        with self._lock, typed_edge_errors():
            self._shard.update(edge.UpdateOperation.delete_points(list(uids)))

    def nearest(
        self, weights: Mapping[int, float], fields: Mapping[str, str], n: int, uids: Sequence[str] | None = None
    ) -> list[str]:
        must: list[Any] = [edge.FieldCondition(k, match=edge.MatchValue(v)) for k, v in fields.items()]
        if uids is not None:
            must.append(edge.HasIdCondition({UUID(uid) for uid in uids}))
        query = edge.Query.Nearest(_edge_vector(weights), using=_NAME)
        request = edge.QueryRequest(limit=n, query=query, filter=edge.Filter(must=must), with_payload=False)
        with self._lock, typed_edge_errors():
            return [str(point.id) for point in self._shard.query(request)]

    def close(self) -> None:
        with self._lock, typed_edge_errors():
            self._shard.flush()
            self._shard.close()


class ServerSparseVectors:
    """A collection on a server, made with its indexes if it is not there yet."""

    def __init__(self, client: QdrantClient, collection: str = "pedalcast-bm25") -> None:
        self._client, self._collection = client, collection
        if not client.collection_exists(collection):
            client.create_collection(collection, {}, sparse_vectors_config={_NAME: models.SparseVectorParams()})
            for name in INDEXED:
                client.create_payload_index(collection, name, models.PayloadSchemaType.KEYWORD)

    def put(self, points: Sequence[SparsePoint]) -> None:
        records = [
            models.PointStruct(id=p.uid, vector={_NAME: _vector(p.weights)}, payload=dict(p.fields)) for p in points
        ]
        self._client.upsert(self._collection, records, wait=True)

    def delete(self, uids: Sequence[str]) -> None:
        self._client.delete(self._collection, models.PointIdsList(points=list(uids)), wait=True)

    def nearest(
        self, weights: Mapping[int, float], fields: Mapping[str, str], n: int, uids: Sequence[str] | None = None
    ) -> list[str]:
        must: list[Any] = [models.FieldCondition(key=k, match=models.MatchValue(value=v)) for k, v in fields.items()]
        if uids is not None:
            must.append(models.HasIdCondition(has_id=list(uids)))
        answer = self._client.query_points(
            self._collection, _vector(weights), using=_NAME, limit=n, query_filter=models.Filter(must=must),
            with_payload=False,
        )  # fmt: skip
        return [str(point.id) for point in answer.points]

    def close(self) -> None:
        self._client.close()


def _edge_vector(weights: Mapping[int, float]) -> edge.SparseVector:
    return edge.SparseVector(list(weights), list(weights.values()))


def _vector(weights: Mapping[int, float]) -> models.SparseVector:
    return models.SparseVector(indices=list(weights), values=list(weights.values()))
