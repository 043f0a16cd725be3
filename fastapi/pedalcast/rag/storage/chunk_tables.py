"""The tables of indexed documents and their chunks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, true
from sqlalchemy.dialects import mysql

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, Json, LongText

ID_LENGTH = 128
_OPTIONS: dict[str, Any] = dict(TABLE_OPTIONS)
# MySQL's BLOB ends at 64 KiB.
BinaryData = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")


def _bot(*, primary_key: bool = False) -> Column[str]:
    return Column("bot_id", String(64), primary_key=primary_key, nullable=False)


indexed_documents = Table(
    "indexed_documents",
    BaseModel.metadata,
    _bot(primary_key=True),
    Column("document_id", String(ID_LENGTH), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("title", LongText, nullable=False),
    Column("text", LongText, nullable=False),
    Column("url", LongText),
    Column("topic", String(255)),
    Column("metadata", Json, nullable=False),
    Column("pictures", Json),
    **_OPTIONS,
)

chunks = Table(
    "chunks",
    BaseModel.metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("uid", String(36), nullable=False, unique=True),
    _bot(),
    Column("document_id", String(ID_LENGTH), nullable=False),
    Column("number", Integer, nullable=False),
    Column("is_paraphrase", Boolean, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("page", Integer),
    Column("heading", LongText, nullable=False),
    Column("text", LongText, nullable=False),
    Column("terms", BinaryData, nullable=False),
    Column("sentences", BinaryData, nullable=False),
    Column("title", BinaryData, nullable=False),
    Index("ix_chunks_bot_id_document_id", "bot_id", "document_id"),
    sqlite_autoincrement=True,  # an id is never used again, so that it tells a chunk from its successor
    **_OPTIONS,
)

# `vector` holds the packed vector until the process that owns the vector folder has stored it.
chunk_vectors = Table(
    "chunk_vectors",
    BaseModel.metadata,
    Column("collection", String(64), primary_key=True),
    Column("chunk_id", BigId, ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("tokens", BinaryData),
    Column("vector", BinaryData),
    Column("stored", Boolean, nullable=False, server_default=true()),
    Index("ix_chunk_vectors_stored", "stored"),
    info={"rebuilt": True},  # not in a backup: what is missing is embedded again
    **_OPTIONS,
)

removed_chunks = Table("removed_chunks", BaseModel.metadata, Column("uid", String(36), primary_key=True), **_OPTIONS)

index_versions = Table(
    "index_versions",
    BaseModel.metadata,
    _bot(primary_key=True),
    Column("version", BigInteger, nullable=False),
    **_OPTIONS,
)

CHUNK_TABLES = (indexed_documents, chunks, chunk_vectors, removed_chunks, index_versions)
