"""Favourites and alert rules in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pedalcast.accounts.models import AlertRule, Favourite
from pedalcast.database.repository import BaseRepository


class FavouriteRepository(BaseRepository[Favourite]):
    """Marked stations."""

    model = Favourite

    async def of_user(self, user_id: str) -> list[Favourite]:
        """In the order they were marked."""
        query = select(Favourite).where(Favourite.user_id == user_id)
        return list(await self.all(query.order_by(Favourite.created_at, Favourite.station_id)))


class AlertRuleRepository(BaseRepository[AlertRule]):
    """Rules."""

    model = AlertRule

    async def of_user(self, user_id: str) -> list[AlertRule]:
        """In the order they were made."""
        return list(await self.all(select(AlertRule).where(AlertRule.user_id == user_id).order_by(AlertRule.id)))

    async def active(self) -> list[AlertRule]:
        """Everybody's that are active."""
        return list(await self.all(select(AlertRule).where(AlertRule.active.is_(True)).order_by(AlertRule.id)))

    async def mark_alerted(self, rule_id: int, now: datetime) -> bool:
        """Note that a warning stands; false where one did already, here or on another replica."""
        statement = update(AlertRule).where(AlertRule.id == rule_id, AlertRule.alerted_at.is_(None))
        return await self.change(statement.values(alerted_at=now)) == 1

    async def mark_over(self, rule_id: int) -> bool:
        """Note that the warning is over; false where none stood."""
        statement = update(AlertRule).where(AlertRule.id == rule_id, AlertRule.alerted_at.is_not(None))
        return await self.change(statement.values(alerted_at=None)) == 1
