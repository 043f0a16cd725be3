"""Notices in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from pedalcast.database.repository import BaseRepository
from pedalcast.notices.models import Notice


class NoticeRepository(BaseRepository[Notice]):
    """Notices."""

    model = Notice

    async def present(self, notice_id: int) -> Notice | None:
        """The notice, None where it is not there or was removed."""
        return await self.first(select(Notice).where(Notice.id == notice_id, Notice.removed_at.is_(None)))

    async def not_over(self, now: datetime) -> Sequence[Notice]:
        """Those in force and those to come, in the order in which they were made."""
        query = select(Notice).where(Notice.removed_at.is_(None), or_(Notice.ends_at.is_(None), Notice.ends_at > now))
        return await self.all(query.order_by(Notice.id))

    async def page(self, limit: int, before: int | None) -> Sequence[Notice]:
        """All that were not removed, the newest first; with `before`, those older than that one."""
        query = select(Notice).where(Notice.removed_at.is_(None))
        query = query if before is None else query.where(Notice.id < before)
        return await self.all(query.order_by(Notice.id.desc()).limit(limit))
