"""Uploaded documents in the database, as requests see and change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from pedalcast.database.repository import BaseRepository
from pedalcast.documents.ingestion.database_clock import DatabaseSeconds
from pedalcast.documents.models import DELETED, DELETING, LIVE, UploadedDocument
from pedalcast.rag.storage.chunk_store import drop_document
from pedalcast.rag.storage.chunk_tables import chunks, indexed_documents
from pedalcast.rag.storage.version_rows import raise_version

_ERROR: dict[str, Any] = {"error_code": None, "error_message": None}


class DocumentRepository(BaseRepository[UploadedDocument]):
    """Rows by their public id, and the texts of those that are indexed."""

    model = UploadedDocument

    async def by_id(self, document_id: str) -> UploadedDocument | None:
        """The document, None without one."""
        return await self.first(select(UploadedDocument).where(UploadedDocument.id == document_id))

    async def of_bot(
        self, bot_id: str, limit: int, before: int | None, states: Sequence[str] = ()
    ) -> Sequence[UploadedDocument]:
        """A bot's, the newest first, without deleted ones; with `before`, those older than that one."""
        query = select(UploadedDocument).where(UploadedDocument.bot_id == bot_id, UploadedDocument.state != DELETED)
        query = query if before is None else query.where(UploadedDocument.number < before)
        query = query.where(UploadedDocument.state.in_(states)) if states else query
        return await self.all(query.order_by(UploadedDocument.number.desc()).limit(limit))

    async def same_content(self, bot_id: str, sha256: str) -> UploadedDocument | None:
        """The bot's document of this content that is in use, None without one."""
        query = select(UploadedDocument).where(UploadedDocument.bot_id == bot_id, UploadedDocument.live_hash == sha256)
        return await self.first(query)

    async def change_row(self, row: UploadedDocument, now: datetime, **values: Any) -> bool:
        """Change the row, unless it has been changed since it was read; whoever works on it loses their claim."""
        values = {"fence": row.fence + 1, "lease_until": None, "worker": None, "updated_at": now, **values}
        statement = update(UploadedDocument).where(
            UploadedDocument.id == row.id, UploadedDocument.fence == row.fence, UploadedDocument.state == row.state
        )
        return await self.change(statement.values(**values)) == 1

    async def queue(self, row: UploadedDocument, now: datetime, **values: Any) -> bool:
        """Let a worker take the document in. False where it has been changed since it was read."""
        queued = {"state": "queued", "run_at": DatabaseSeconds(), "attempts": 0, "pages_done": 0, "pages_total": 0}
        return await self.change_row(row, now, **queued, **_ERROR, **values)

    async def mark_deleting(self, row: UploadedDocument, now: datetime) -> None:
        """Take the document out of every answer at once; a worker removes the rest."""
        statement = update(UploadedDocument).where(
            UploadedDocument.id == row.id, UploadedDocument.state.not_in((DELETING, DELETED))
        )
        await self.change(statement.values(**_deleting(), updated_at=now))
        await self.drop_text(row)

    async def drop_text(self, row: UploadedDocument) -> None:
        """Remove the document's chunks."""
        bot_id, document_id = row.bot_id, row.id
        connection = await self.session.connection()
        await connection.run_sync(lambda inner: drop_document(inner, bot_id, document_id))
        await connection.run_sync(lambda inner: raise_version(inner, bot_id))

    async def mark_bot_deleting(self, bot_id: str) -> None:
        """Let a worker delete every document of a bot."""
        statement = update(UploadedDocument).where(
            UploadedDocument.bot_id == bot_id, UploadedDocument.state.not_in((DELETING, DELETED))
        )
        await self.change(statement.values(**_deleting()))

    async def count_live(self, bot_id: str) -> int:
        """How many documents of a bot are in use."""
        live = UploadedDocument.state.in_(LIVE)
        return await self.count(select(UploadedDocument.number).where(UploadedDocument.bot_id == bot_id, live))

    async def text(self, row: UploadedDocument, start: int, length: int) -> tuple[str, int] | None:
        """Characters of the indexed text from `start`, and how many it has in all; None where it is not indexed."""
        column = indexed_documents.c.text
        query = select(func.substr(column, start + 1, length), func.length(column)).where(*_indexed(row))
        if self.session.get_bind().dialect.name == "mysql":  # whose length() counts bytes
            query = select(func.substr(column, start + 1, length), func.char_length(column)).where(*_indexed(row))
        found = (await self.session.execute(query)).first()
        return None if found is None else (str(found[0]), int(found[1]))

    async def place_of_chunk(self, row: UploadedDocument, uid: str) -> tuple[int, int, int | None] | None:
        """Start, stop and page of a chunk of the document, None where it is not there any more."""
        columns = chunks.c.start, chunks.c.stop, chunks.c.page
        query = select(*columns).where(
            chunks.c.uid == uid, chunks.c.bot_id == row.bot_id, chunks.c.document_id == row.id
        )
        found = (await self.session.execute(query)).first()
        return None if found is None else (int(found[0]), int(found[1]), found[2])

    async def places(self, row: UploadedDocument) -> list[tuple[int, int | None, str]]:
        """Start, page and path of headings of every chunk of the document, in order."""
        columns = chunks.c.start, chunks.c.page, chunks.c.heading
        query = select(*columns).where(
            chunks.c.bot_id == row.bot_id, chunks.c.document_id == row.id, chunks.c.is_paraphrase.is_(False)
        )
        rows = await self.session.execute(query.order_by(chunks.c.start))
        return [(int(start), page, str(heading)) for start, page, heading in rows]


def _deleting() -> dict[str, Any]:
    return {"state": DELETING, "live_hash": None, "fence": UploadedDocument.fence + 1, "lease_until": None,
            "run_at": DatabaseSeconds(), "attempts": 0}  # fmt: skip


def _indexed(row: UploadedDocument) -> tuple[Any, Any]:
    return indexed_documents.c.bot_id == row.bot_id, indexed_documents.c.document_id == row.id
