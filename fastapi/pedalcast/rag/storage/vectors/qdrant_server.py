"""A Qdrant server or cluster, through LlamaIndex's own integration."""

from __future__ import annotations

from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient
from qdrant_client.models import Distance, PayloadSchemaType, VectorParams

from pedalcast.rag.storage.vectors.qdrant_edge import INDEXED

_NAME = "dense"


def client(url: str, api_key: str | None, timeout: float) -> QdrantClient:
    """A client of the server, which is asked nothing yet."""
    return QdrantClient(url=url, api_key=api_key, timeout=max(1, round(timeout)), check_compatibility=False)


def connect(url: str, api_key: str | None, collection: str, width: int, timeout: float) -> QdrantVectorStore:
    """The collection on the server, created with its indexes if it is not there yet."""
    server = client(url, api_key, timeout)
    if not server.collection_exists(collection):
        server.create_collection(collection, {_NAME: VectorParams(size=width, distance=Distance.DOT)})
        for name in INDEXED:
            server.create_payload_index(collection, name, PayloadSchemaType.KEYWORD)
    return QdrantVectorStore(collection_name=collection, client=server, dense_vector_name=_NAME)
