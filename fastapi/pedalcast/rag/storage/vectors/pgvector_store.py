"""Vectors in PostgreSQL by pgvector: one table of all models, a row a chunk and model, as wide as that model."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from pydantic import PrivateAttr
from sqlalchemy import Connection, Engine, text

TABLE = "document_embeddings"
_LOCK = 7_236_515_202  # PostgreSQL names advisory locks by numbers
_COLUMNS = {"bot_id": "bot_id", "document_id": "document_id", "lang": "metadata->>'lang'", "kind": "metadata->>'kind'"}
_SCHEMA = f"""
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS {TABLE} (
    bot_id varchar(64) NOT NULL, document_id varchar(128) NOT NULL, chunk_id uuid NOT NULL, model varchar(64) NOT NULL,
    embedding vector NOT NULL, content text NOT NULL, metadata jsonb NOT NULL, PRIMARY KEY (model, chunk_id)
);
CREATE INDEX IF NOT EXISTS ix_{TABLE}_model_bot_id ON {TABLE} (model, bot_id, document_id);
"""


class PgVectorStore(BasePydanticVectorStore):
    """The vectors of one model, of length 1. Creates the extension, the table and the model's HNSW index.

    >>> vectors = PgVectorStore(engine, "minilm-384", width=384)
    """

    stores_text: bool = False
    is_embedding_query: bool = True
    _engine: Engine = PrivateAttr()
    _model: str = PrivateAttr()
    _width: int = PrivateAttr()

    def __init__(self, engine: Engine, model: str, width: int) -> None:
        super().__init__(stores_text=False)
        self._engine, self._model, self._width = engine, model, int(width)
        with self._engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(text(statement))
            connection.execute(text(self._index()))

    def _index(self) -> str:
        safe = re.sub(r"[^a-z0-9]+", "_", self._model.lower())[-40:]
        return (
            f"CREATE INDEX IF NOT EXISTS ix_{TABLE}_{safe} ON {TABLE} USING hnsw"
            f" ((embedding::vector({self._width})) vector_ip_ops) WHERE model = '{self._model}'"
        )

    @property
    def client(self) -> Any:
        """The engine."""
        return self._engine

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Write nodes with their embeddings, replacing those of the same id."""
        rows = [
            {"bot": node.metadata["bot_id"], "document": node.metadata["document_id"], "chunk": node.node_id,
             "model": self._model, "embedding": _literal(node.get_embedding()), "content": node.get_content(),
             "metadata": json.dumps(node.metadata)}
            for node in nodes
        ]  # fmt: skip
        statement = text(
            f"INSERT INTO {TABLE} VALUES (:bot, :document, CAST(:chunk AS uuid), :model, CAST(:embedding AS vector),"  # noqa: S608
            " :content, CAST(:metadata AS jsonb)) ON CONFLICT (model, chunk_id) DO UPDATE SET"
            " embedding = EXCLUDED.embedding, content = EXCLUDED.content, metadata = EXCLUDED.metadata"
        )
        with self._engine.begin() as connection:
            connection.execute(statement, rows)
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Delete all vectors of a document."""
        self._delete("document_id = :document", {"document": ref_doc_id})

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any) -> None:
        """Delete nodes by id; filters are not supported."""
        if filters is not None:
            raise NotImplementedError("delete by filters")
        self._delete("chunk_id = ANY(CAST(:chunks AS uuid[]))", {"chunks": list(node_ids or [])})

    def _delete(self, condition: str, values: dict[str, Any]) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                text(f"DELETE FROM {TABLE} WHERE model = :model AND {condition}"),  # noqa: S608
                {**values, "model": self._model},
            )

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nearest nodes by dot product, best first, among those the filters (and `node_ids`) admit."""
        where, values = _conditions(query)
        distance = f"(embedding::vector({self._width}) <#> CAST(:vector AS vector({self._width})))"
        statement = text(
            f"SELECT chunk_id, metadata, -{distance} FROM {TABLE} WHERE model = '{self._model}'{where}"  # noqa: S608
            f" ORDER BY {distance} LIMIT :limit"
        )
        values |= {"vector": _literal(query.query_embedding or []), "limit": query.similarity_top_k}
        with self._engine.begin() as connection:
            _search_on(connection)
            rows = connection.execute(statement, values).all()
        return VectorStoreQueryResult(
            nodes=[TextNode(id_=str(row[0]), text="", metadata=row[1]) for row in rows],
            similarities=[float(row[2]) for row in rows],
            ids=[str(row[0]) for row in rows],
        )

    def count(self) -> int:
        """How many vectors there are of this model."""
        with self._engine.connect() as connection:
            statement = text(f"SELECT count(*) FROM {TABLE} WHERE model = :model")  # noqa: S608
            return int(connection.execute(statement, {"model": self._model}).scalar() or 0)


def delete_chunks(engine: Engine, uids: Sequence[str]) -> None:
    """Delete the vectors of these chunks by every model, without loading one."""
    with engine.begin() as connection:
        if connection.execute(text("SELECT to_regclass(:table)"), {"table": TABLE}).scalar() is not None:
            statement = text(f"DELETE FROM {TABLE} WHERE chunk_id = ANY(CAST(:chunks AS uuid[]))")  # noqa: S608
            connection.execute(statement, {"chunks": list(uids)})


def _search_on(connection: Connection) -> None:
    """Let the index search on until enough rows pass the filters."""
    connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))


def _conditions(query: VectorStoreQuery) -> tuple[str, dict[str, Any]]:
    where, values = "", {}
    for n, condition in enumerate(query.filters.filters if query.filters else []):
        column, wanted = _COLUMNS[condition.key], condition.value  # type: ignore[union-attr] # nested ones are not used
        where += f" AND {column} = ANY(:f{n})" if isinstance(wanted, list) else f" AND {column} = :f{n}"
        values[f"f{n}"] = wanted
    if query.node_ids:
        where += " AND chunk_id = ANY(CAST(:chunks AS uuid[]))"
        values["chunks"] = query.node_ids
    return where, values


def _literal(vector: Sequence[float]) -> str:
    return "[" + ",".join(f"{value:.7g}" for value in vector) + "]"
