"""Keeps marked stations and alert rules, a hundred of each a person."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.favourites.repository import AlertRuleRepository, FavouriteRepository
from pedalcast.accounts.favourites.schemas import AlertRuleIn
from pedalcast.accounts.models import AlertRule, Favourite
from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ConflictError, NotFoundError

MAX_EACH = 100


class FavouriteService:
    """Members and guests alike; another's are not there."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def favourites(self, user_id: str) -> list[Favourite]:
        """Somebody's marked stations."""
        async with self._database.reading() as session:
            return await FavouriteRepository(session).of_user(user_id)

    async def mark(self, user_id: str, station_id: str, label: str | None) -> None:
        """Mark a station, or name it anew. Raises `ConflictError` beyond `MAX_EACH`."""
        async with self._database.transaction() as session:
            favourites = FavouriteRepository(session)
            favourite = await favourites.get((user_id, station_id))
            if favourite is not None:
                favourite.label = label
                return
            if len(await favourites.of_user(user_id)) >= MAX_EACH:
                raise ConflictError(f"There are {MAX_EACH} favourites already.", "too_many_favourites")
            await favourites.add(Favourite(user_id=user_id, station_id=station_id, label=label, created_at=self._now()))

    async def unmark(self, user_id: str, station_id: str) -> None:
        """Take the mark off. Raises `NotFoundError`."""
        async with self._database.transaction() as session:
            favourites = FavouriteRepository(session)
            favourite = await favourites.get((user_id, station_id))
            if favourite is None:
                raise NotFoundError("This station is no favourite.", "favourite_not_found")
            await favourites.remove(favourite)

    async def rules(self, user_id: str) -> list[AlertRule]:
        """Somebody's rules."""
        async with self._database.reading() as session:
            return await AlertRuleRepository(session).of_user(user_id)

    async def add_rule(self, user_id: str, body: AlertRuleIn) -> AlertRule:
        """A new rule. Raises `ConflictError` beyond `MAX_EACH`."""
        async with self._database.transaction() as session:
            rules = AlertRuleRepository(session)
            if len(await rules.of_user(user_id)) >= MAX_EACH:
                raise ConflictError(f"There are {MAX_EACH} rules already.", "too_many_rules")
            return await rules.add(AlertRule(user_id=user_id, created_at=self._now(), **body.model_dump()))

    async def switch_rule(self, user_id: str, rule_id: int, *, active: bool) -> AlertRule:
        """Switch a rule on or off. Raises `NotFoundError`, for another's too."""
        async with self._database.transaction() as session:
            rule = await _own_rule(session, user_id, rule_id)
            rule.active = active
            return rule

    async def remove_rule(self, user_id: str, rule_id: int) -> None:
        """Remove a rule. Raises `NotFoundError`, for another's too."""
        async with self._database.transaction() as session:
            await AlertRuleRepository(session).remove(await _own_rule(session, user_id, rule_id))


async def _own_rule(session: AsyncSession, user_id: str, rule_id: int) -> AlertRule:
    rule = await AlertRuleRepository(session).get(rule_id)
    if rule is None or rule.user_id != user_id:
        raise NotFoundError(f"There is no rule {rule_id}.", "rule_not_found")
    return rule
