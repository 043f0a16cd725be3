"""The table of uploaded documents. A document's row is the job of taking it in, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, Json, UtcDateTime

UPLOADING, QUEUED, PARSING, EMBEDDING, READY = "uploading", "queued", "parsing", "embedding", "ready"
FAILED, CANCELLED, DELETING, DELETED = "failed", "cancelled", "deleting", "deleted"
WAITING = (QUEUED, PARSING, EMBEDDING, DELETING)  # states that a worker has something to do in
UNFINISHED = (UPLOADING, QUEUED, PARSING, EMBEDDING)
LIVE = (*UNFINISHED, READY)  # states in which the same content is not taken in again


def new_id() -> str:
    """An id that cannot be guessed: 32 hexadecimal digits."""
    return uuid4().hex


class UploadedDocument(BaseModel):
    """An uploaded file, its state, and who works on it.

    `live_hash` is the content's SHA-256 while the document is in a `LIVE` state, so that a bot has no content twice.
    `version` counts the files taken in for it; `answering` holds the facts of the one whose text is searched. `run_at`
    and `lease_until` are seconds since 1970 by the database's clock. `fence` grows whenever the right to work on the
    document passes to somebody else: a write that names an older one changes nothing. A deleted document's row stays,
    emptied, so that old answers can say what became of it.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("bot_id", "live_hash"),
        Index("ix_documents_state_run_at", "state", "run_at"),
        TABLE_OPTIONS,
    )

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    bot_id: Mapped[str] = mapped_column(String(64), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    kind: Mapped[str | None] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    live_hash: Mapped[str | None] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(32), default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    answering: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16), default=UPLOADING)
    pages_done: Mapped[int] = mapped_column(Integer, default=0)
    pages_total: Mapped[int] = mapped_column(Integer, default=0)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(String(500))
    title: Mapped[str | None] = mapped_column(String(500))
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run_at: Mapped[float] = mapped_column(Double, default=0.0)
    lease_until: Mapped[float | None] = mapped_column(Double)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    worker: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def object_key(document_id: str, file_key: str) -> str:
    """Where a file of a document lies in the object store. Every file that comes in has a key of its own."""
    return f"documents/{document_id}/{file_key}"
