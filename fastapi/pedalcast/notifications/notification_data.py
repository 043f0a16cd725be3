"""What notifications keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.notifications.models import Notification


class NotificationData:
    """The messages somebody got."""

    name = "notifications"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """All of them."""
        query = select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
        return {"notifications": [row_as_dict(row) for row in (await session.scalars(query)).all()]}

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """They change their owner."""
        statement = update(Notification).where(Notification.user_id == source_id).values(user_id=target_id)
        await session.execute(statement.execution_options(synchronize_session=False))

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """All of them."""
        statement = delete(Notification).where(Notification.user_id == user_id)
        await session.execute(statement.execution_options(synchronize_session=False))
