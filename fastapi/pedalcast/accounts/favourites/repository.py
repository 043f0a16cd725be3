"""Favourites and alert rules in the database."""

from __future__ import annotations

from sqlalchemy import select

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
