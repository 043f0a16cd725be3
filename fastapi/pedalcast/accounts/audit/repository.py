"""The audit log in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from pedalcast.accounts.models import AuditEntry
from pedalcast.database.repository import BaseRepository


class AuditRepository(BaseRepository[AuditEntry]):
    """Entries are added within the transaction of what they tell of, and never changed."""

    model = AuditEntry

    async def record(self, actor_id: str | None, action: str, target: str | None = None, **details: Any) -> None:
        """Note that `actor_id` (None: the system) did `action` to `target`. `details` must hold no secret."""
        entry = AuditEntry(at=datetime.now(UTC), actor_id=actor_id, action=action, target=target, details=details)
        await self.add(entry)

    async def newest(self, limit: int, before: int | None = None) -> list[AuditEntry]:
        """The newest entries, or those older than the entry `before`."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
        return list(await self.all(query if before is None else query.where(AuditEntry.id < before)))
