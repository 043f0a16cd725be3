"""Notifications in the database. Every query names its user: another's are not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update

from pedalcast.database.repository import BaseRepository
from pedalcast.notifications.models import Notification


class NotificationRepository(BaseRepository[Notification]):
    """Notifications of a user."""

    model = Notification

    async def page(self, user_id: str, limit: int, before: int | None, *, unread: bool) -> Sequence[Notification]:
        """The newest first; with `before`, those older than that one; with `unread`, those not read yet."""
        query = select(Notification).where(Notification.user_id == user_id)
        query = query if before is None else query.where(Notification.id < before)
        query = query.where(Notification.read_at.is_(None)) if unread else query
        return await self.all(query.order_by(Notification.id.desc()).limit(limit))

    async def after(self, user_id: str, last_id: int, limit: int) -> Sequence[Notification]:
        """Those newer than `last_id`, the oldest first."""
        query = select(Notification).where(Notification.user_id == user_id, Notification.id > last_id)
        return await self.all(query.order_by(Notification.id).limit(limit))

    async def newest_id(self, user_id: str) -> int:
        """The id of the newest, 0 without one."""
        return int(
            await self.session.scalar(select(func.max(Notification.id)).where(Notification.user_id == user_id)) or 0
        )

    async def count_unread(self, user_id: str) -> int:
        """How many are not read yet."""
        return await self.count(
            select(Notification.id).where(Notification.user_id == user_id, Notification.read_at.is_(None))
        )

    async def mark_read(self, user_id: str, ids: Sequence[int] | None, now: datetime) -> int:
        """Mark these (None: all) as read; how many were not."""
        statement = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
        statement = statement if ids is None else statement.where(Notification.id.in_(ids))
        return await self.change(statement.values(read_at=now))

    async def clear(self, user_id: str, subject: str, now: datetime) -> int:
        """Note that what those about `subject` tell of is over; how many there were."""
        return await self.change(
            update(Notification)
            .where(Notification.user_id == user_id, Notification.subject == subject, Notification.cleared_at.is_(None))
            .values(cleared_at=now)
        )

    async def remove_older(self, before: datetime) -> int:
        """Remove those made before; how many."""
        return await self.change(delete(Notification).where(Notification.created_at < before))
