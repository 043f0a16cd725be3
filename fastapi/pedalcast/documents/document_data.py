"""What documents keep of a person, and of a bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.documents.models import DELETED, UploadedDocument
from pedalcast.documents.repository import DocumentRepository

_INTERNAL = frozenset({"fence", "lease_until", "run_at", "worker", "attempts", "live_hash", "number"})


class DocumentData:
    """Uploads by a person. They belong to their bot: with a bot that others take over they stay, without a name."""

    name = "documents"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """A line a document; the bots' part has the texts."""
        query = select(UploadedDocument).where(UploadedDocument.owner_id == user_id, UploadedDocument.state != DELETED)
        rows = (await session.scalars(query.order_by(UploadedDocument.number))).all()
        kept = [{name: value for name, value in row_as_dict(row).items() if name not in _INTERNAL} for row in rows]
        return {"documents": kept}

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """A guest has nothing here."""

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """The uploader's name goes; those of the person's own bots are deleted with these."""
        statement = update(UploadedDocument).where(UploadedDocument.owner_id == user_id).values(owner_id=None)
        await session.execute(statement.execution_options(synchronize_session=False))


class DocumentsOfBot:
    """The documents of a bot that is deleted: a worker removes what is left of them."""

    async def remove_bot(self, session: AsyncSession, bot_id: str) -> None:
        """Mark them all."""
        await DocumentRepository(session).mark_bot_deleting(bot_id)
