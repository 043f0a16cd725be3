"""The embedded vector store behind LlamaIndex's interface."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery

from pedalcast.rag.storage.vectors.qdrant_edge import EdgeVectorStore, VectorStoreError

IDS = [str(uuid5(NAMESPACE_URL, str(n))) for n in range(3)]


def node(n: int, bot: str) -> TextNode:
    return TextNode(
        id_=IDS[n], text="", embedding=[1.0, float(n), 0.0], metadata={"bot_id": bot, "document_id": f"d{n}"}
    )


@pytest.fixture
def store(tmp_path: Path) -> EdgeVectorStore:
    store = EdgeVectorStore(tmp_path / "vectors", 3)
    store.add([node(0, "a"), node(1, "a"), node(2, "b")])
    return store


def ask(store: EdgeVectorStore, **more: object) -> list[str]:
    return store.query(VectorStoreQuery(query_embedding=[0.0, 1.0, 0.0], similarity_top_k=9, **more)).ids or []


def test_best_first_within_a_bot(store: EdgeVectorStore) -> None:
    only = MetadataFilters(filters=[MetadataFilter(key="bot_id", value="a")])
    assert ask(store, filters=only) == [IDS[1], IDS[0]]


def test_given_ids_only(store: EdgeVectorStore) -> None:
    assert ask(store, node_ids=[IDS[0]]) == [IDS[0]]


def test_written_twice_is_kept_once(store: EdgeVectorStore) -> None:
    store.add([node(2, "b")])
    assert store.count() == 3


def test_deleting(store: EdgeVectorStore) -> None:
    store.delete_nodes([IDS[0]])
    store.delete("d1")
    assert ask(store) == [IDS[2]]


def test_open_again(store: EdgeVectorStore, tmp_path: Path) -> None:
    store.close()
    assert EdgeVectorStore(tmp_path / "vectors", 3).count() == 3


def test_a_second_owner_is_told(store: EdgeVectorStore, tmp_path: Path) -> None:
    with pytest.raises(VectorStoreError, match="another process"):
        EdgeVectorStore(tmp_path / "vectors", 3)
    assert store.count() == 3
