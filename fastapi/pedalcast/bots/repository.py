"""Bots and their versions in the database. The built-in guide is not there."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, or_, select

from pedalcast.accounts.models import TeamMember, User
from pedalcast.bots.models import Bot, BotVersion
from pedalcast.database.repository import BaseRepository

EDITING_ROLES = ("owner", "editor")


class ListedBot(NamedTuple):
    """A bot, the version that is shown of it, and whether the caller may change it."""

    bot: Bot
    version: BotVersion
    writable: bool


class BotRepository(BaseRepository[Bot]):
    """Bots."""

    model = Bot

    async def locked(self, bot_id: str) -> Bot | None:
        """The bot, which nobody else changes until the transaction ends."""
        return await self.first(select(Bot).where(Bot.id == bot_id).with_for_update())

    async def team_role(self, bot: Bot, user_id: str) -> str | None:
        """Somebody's role in the bot's team, None without one."""
        query = select(TeamMember.role).where(TeamMember.team_id == bot.team_id, TeamMember.user_id == user_id)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def count_locked(self, user_id: str) -> int:
        """How many bots somebody owns; nobody else counts these until the transaction ends."""
        await self.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        return await self.count(select(Bot.id).where(Bot.user_id == user_id))

    async def of_user(self, user_id: str) -> list[Bot]:
        """Bots that somebody owns."""
        return list(await self.all(select(Bot).where(Bot.user_id == user_id).order_by(Bot.id)))

    async def page(self, user_id: str | None, limit: int, offset: int, *, mine: bool) -> list[ListedBot]:
        """Bots somebody may ask, the last changed first: theirs, their teams', and public ones.

        With `mine`, those they may change. Shown is the newest version of what they may change, else the published one.
        """
        member = and_(TeamMember.team_id == Bot.team_id, TeamMember.user_id == user_id)
        edits = or_(Bot.user_id == user_id, TeamMember.role.in_(EDITING_ROLES))
        shown = case((edits, Bot.latest), else_=Bot.published)
        asks: ColumnElement[bool] = or_(
            edits, Bot.visibility == "public", and_(Bot.visibility == "team", TeamMember.role.is_not(None))
        )
        query = (
            select(Bot, BotVersion, edits)
            .outerjoin(TeamMember, member)
            .join(BotVersion, and_(BotVersion.bot_id == Bot.id, BotVersion.number == shown))
            .where(edits if mine else asks)
            .order_by(Bot.updated_at.desc(), Bot.id)
        )
        rows = await self.session.execute(query.limit(limit).offset(offset))
        return [ListedBot(bot, version, bool(writable)) for bot, version, writable in rows]


class BotVersionRepository(BaseRepository[BotVersion]):
    """Versions of bots."""

    model = BotVersion

    async def numbered(self, bot_id: str, number: int) -> BotVersion | None:
        """One version."""
        return await self.get((bot_id, number))

    async def page(self, bot_id: str, limit: int, before: int | None) -> list[BotVersion]:
        """The newest first; with `before`, those older than that number."""
        query = select(BotVersion).where(BotVersion.bot_id == bot_id).order_by(BotVersion.number.desc()).limit(limit)
        return list(await self.all(query if before is None else query.where(BotVersion.number < before)))
