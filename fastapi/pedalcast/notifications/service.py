"""Tells people things, and what they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.notifications.models import Notification
from pedalcast.notifications.notification_hub import NotificationHub
from pedalcast.notifications.repository import NotificationRepository

BATCH = 100


class NotificationService:
    """`add` within the transaction of what it tells of, then `hub.announce`. `events` close when the server stops."""

    def __init__(self, database: Database, hub: NotificationHub, events: Broadcaster, now: Now) -> None:
        self.events = events
        self._database = database
        self._now = now
        self.hub = hub

    async def add(
        self, session: AsyncSession, user_id: str, kind: str, subject: str, texts: Mapping[str, str], **details: Any
    ) -> Notification:
        """A message to somebody; not sent before the transaction has ended and `hub.announce` is called."""
        return await NotificationRepository(session).add(
            Notification(
                user_id=user_id, kind=kind, subject=subject, texts=dict(texts), details=details, created_at=self._now()
            )
        )

    async def clear(self, session: AsyncSession, user_id: str, subject: str) -> None:
        """What those about `subject` tell of is over."""
        await NotificationRepository(session).clear(user_id, subject, self._now())

    async def page(
        self, user_id: str, limit: int, before: int | None, *, unread: bool
    ) -> tuple[Sequence[Notification], int]:
        """The newest, and how many of all are not read yet."""
        async with self._database.reading() as session:
            rows = NotificationRepository(session)
            return await rows.page(user_id, limit, before, unread=unread), await rows.count_unread(user_id)

    async def after(self, user_id: str, last_id: int) -> Sequence[Notification]:
        """Those newer than `last_id`, the oldest first."""
        async with self._database.reading() as session:
            return await NotificationRepository(session).after(user_id, last_id, BATCH)

    async def newest_id(self, user_id: str) -> int:
        """The id of the newest, 0 without one."""
        async with self._database.reading() as session:
            return await NotificationRepository(session).newest_id(user_id)

    async def mark_read(self, user_id: str, ids: Sequence[int] | None) -> int:
        """Mark these (None: all) as read; how many were not."""
        async with self._database.transaction() as session:
            return await NotificationRepository(session).mark_read(user_id, ids, self._now())
