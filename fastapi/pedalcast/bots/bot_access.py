"""Who may ask a bot, who may change it, and who may share or delete it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.built_in_guide import GUIDE_ID, guide
from pedalcast.bots.errors import BotNotFoundError, BotReadOnlyError, BuiltInBotError, NotBotOwnerError
from pedalcast.bots.models import Bot
from pedalcast.bots.repository import EDITING_ROLES, BotRepository


async def readable_bot(session: AsyncSession, caller: Caller | None, bot_id: str) -> tuple[Bot, bool]:
    """The bot, and whether the caller may change it. Raises `BotNotFoundError`.

    Its owner, admins and its team's members see a bot; a public one everybody, also without a token.
    """
    if bot_id == GUIDE_ID:
        return guide()[0], False
    bots = BotRepository(session)
    bot = await bots.get(bot_id)
    if bot is None:
        raise BotNotFoundError
    role = None if caller is None or bot.team_id is None else await bots.team_role(bot, caller.user_id)
    writes = caller is not None and (_owns(caller, bot) or role in EDITING_ROLES)
    if writes or bot.visibility == "public" or (bot.visibility == "team" and role is not None):
        return bot, writes
    raise BotNotFoundError


async def writable_bot(session: AsyncSession, caller: Caller, bot_id: str, *, lock: bool = False) -> Bot:
    """The bot; with `lock` nobody else changes it until the transaction ends.

    Raises `BotNotFoundError` for a caller who may not see it, `BotReadOnlyError` or `BuiltInBotError` for one who may.
    """
    if bot_id == GUIDE_ID:
        raise BuiltInBotError
    if lock:
        await BotRepository(session).locked(bot_id)
    bot, writes = await readable_bot(session, caller, bot_id)
    if not writes:
        raise BotReadOnlyError
    return bot


def require_owner(caller: Caller, bot: Bot) -> None:
    """Raises `NotBotOwnerError` for all but its owner and admins."""
    if not _owns(caller, bot):
        raise NotBotOwnerError


def _owns(caller: Caller, bot: Bot) -> bool:
    return caller.is_admin or (bot.user_id == caller.user_id and not caller.is_guest)
