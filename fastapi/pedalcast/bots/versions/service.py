"""Keeps every version of a bot's settings: lists, compares and publishes them, and goes back to one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.bots.bot_access import writable_bot
from pedalcast.bots.bot_settings import BotSettings, ChangedField, changed_fields
from pedalcast.bots.errors import BotVersionNotFoundError
from pedalcast.bots.models import Bot, BotVersion
from pedalcast.bots.repository import BotVersionRepository
from pedalcast.database.engine import Database


class BotVersionService:
    """For whoever may change the bot. Every method raises what `BotService.writable` raises."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def page(self, caller: Caller, bot_id: str, limit: int, before: int | None) -> tuple[Bot, list[BotVersion]]:
        """The bot and its versions, the newest first."""
        async with self._database.reading() as session:
            bot = await writable_bot(session, caller, bot_id)
            return bot, await BotVersionRepository(session).page(bot_id, limit, before)

    async def compare(self, caller: Caller, bot_id: str, before: int, after: int) -> list[ChangedField]:
        """What two versions have differently. Raises `BotVersionNotFoundError`."""
        async with self._database.reading() as session:
            await writable_bot(session, caller, bot_id)
            first, second = [await _version(session, bot_id, number) for number in (before, after)]
        return changed_fields(BotSettings.model_validate(first.settings), BotSettings.model_validate(second.settings))

    async def publish(self, caller: Caller, bot_id: str, number: int) -> tuple[Bot, BotVersion]:
        """Let a version answer from now on. Raises `BotVersionNotFoundError`."""
        async with self._database.transaction() as session:
            bot = await writable_bot(session, caller, bot_id, lock=True)
            version = await _version(session, bot_id, number)
            publish_version(bot, version, self._now())
        return bot, version

    async def revert(self, caller: Caller, bot_id: str, number: int) -> tuple[Bot, BotVersion]:
        """A new draft with the settings of an earlier version. Raises `BotVersionNotFoundError`."""
        async with self._database.transaction() as session:
            bot = await writable_bot(session, caller, bot_id, lock=True)
            settings = BotSettings.model_validate((await _version(session, bot_id, number)).settings)
            version = await append_version(session, bot, settings, caller.user_id, self._now(), reverted_from=number)
        return bot, version


async def append_version(
    session: AsyncSession,
    bot: Bot,
    settings: BotSettings,
    author_id: str,
    now: datetime,
    *,
    reverted_from: int | None = None,
) -> BotVersion:
    """Add the next version, which becomes the draft; the bot is locked or new."""
    bot.latest += 1
    bot.updated_at = now
    version = BotVersion(
        bot_id=bot.id,
        number=bot.latest,
        settings=settings.model_dump(),
        author_id=author_id,
        reverted_from=reverted_from,
        created_at=now,
        published_at=None,
    )
    return await BotVersionRepository(session).add(version)


def publish_version(bot: Bot, version: BotVersion, now: datetime) -> None:
    """Make it the version that answers."""
    bot.published, bot.updated_at, version.published_at = version.number, now, now


async def _version(session: AsyncSession, bot_id: str, number: int) -> BotVersion:
    version = await BotVersionRepository(session).numbered(bot_id, number)
    if version is None:
        raise BotVersionNotFoundError
    return version
