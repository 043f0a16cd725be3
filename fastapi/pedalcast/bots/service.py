"""Makes bots, changes, shares and deletes them."""

from __future__ import annotations

from typing import Literal, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.accounts.teams.repository import TeamMemberRepository
from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.bots.bot_access import readable_bot, require_owner, writable_bot
from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.built_in_guide import GUIDE_ID, guide
from pedalcast.bots.errors import BotReadOnlyError, TeamNeededError, TooManyBotsError, WorkflowRefusedError
from pedalcast.bots.models import Bot, BotVersion
from pedalcast.bots.repository import EDITING_ROLES, BotRepository, BotVersionRepository, ListedBot
from pedalcast.bots.schemas import BotChangeIn, BotIn, Visibility
from pedalcast.bots.versions.service import append_version, publish_version
from pedalcast.database.engine import Database
from pedalcast.kit.browser_origin import browser_origins
from pedalcast.kit.errors import ForbiddenError, NotFoundError
from pedalcast.rag.flow.graph import MAX_NODES, Graph
from pedalcast.rag.flow.graph_check import too_many_nodes

MAX_BOTS = 500  # of one owner
log = structlog.get_logger(__name__)


class BotPart(Protocol):
    """What a domain keeps of a bot, such as its documents."""

    async def remove_bot(self, session: AsyncSession, bot_id: str) -> None:
        """Remove it all within this transaction."""
        ...


class BotService:
    """The built-in guide and everybody's bots; a bot one may not ask is not there."""

    def __init__(self, database: Database, now: Now, max_nodes: int = MAX_NODES) -> None:
        self._database = database
        self._now = now
        self.max_nodes = max_nodes  # of a workflow
        self._parts: list[BotPart] = []

    def add(self, part: BotPart) -> None:
        """Take a domain in that keeps something of bots, at start."""
        self._parts.append(part)

    async def readable(self, caller: Caller | None, bot_id: str) -> Bot:
        """The bot, for whoever may ask it. Raises `BotNotFoundError`."""
        if bot_id == GUIDE_ID:
            return guide()[0]
        async with self._database.reading() as session:
            return (await readable_bot(session, caller, bot_id))[0]

    async def writable(self, caller: Caller, bot_id: str) -> Bot:
        """The bot, for whoever may change it. Raises `BotNotFoundError`, `BotReadOnlyError`, `BuiltInBotError`."""
        async with self._database.reading() as session:
            return await writable_bot(session, caller, bot_id)

    async def answering(self, caller: Caller | None, bot_id: str) -> AnsweringBot:
        """The bot as it answers, for whoever may ask it. Raises `BotNotFoundError`."""
        if bot_id == GUIDE_ID:
            return GUIDE
        async with self._database.reading() as session:
            bot, _ = await readable_bot(session, caller, bot_id)
            version = await BotVersionRepository(session).numbered(bot.id, bot.published)
        assert version is not None  # noqa: S101 (a bot has the version that it publishes)
        return AnsweringBot.of(bot.id, bot.published, BotSettings.model_validate(version.settings))

    async def version_of(self, caller: Caller, bot_id: str, which: Literal["draft", "published"]) -> BotVersion:
        """The newest version or the published one, for whoever may change the bot. Raises as `writable` does."""
        async with self._database.reading() as session:
            bot = await writable_bot(session, caller, bot_id)
            number = bot.latest if which == "draft" else bot.published
            version = await BotVersionRepository(session).numbered(bot.id, number)
        assert version is not None  # noqa: S101 (a bot has the versions that its row names)
        return version

    async def shown_version(
        self, caller: Caller | None, bot_id: str, which: Literal["draft", "published"] | None
    ) -> ListedBot:
        """The version asked for: by default the newest one for whoever may change the bot, else the published one.

        Raises `BotNotFoundError`, and `BotReadOnlyError` where somebody else asks for the draft.
        """
        if bot_id == GUIDE_ID:
            shown = ListedBot(*guide(), writable=False)
        else:
            async with self._database.reading() as session:
                bot, writes = await readable_bot(session, caller, bot_id)
                shown = await _shown(session, bot, writable=writes and which != "published")
                shown = shown._replace(writable=writes)
        if which == "draft" and not shown.writable:
            raise BotReadOnlyError
        return shown

    def admit(self, graph: Graph | None) -> None:
        """Raises `WorkflowRefusedError` for a workflow of more nodes than one may have here."""
        if graph is not None and len(graph.nodes) > self.max_nodes:
            raise WorkflowRefusedError([too_many_nodes(len(graph.nodes), self.max_nodes)])

    async def widget_origins(self, bot_id: str) -> frozenset[str]:
        """Origins whose pages may embed this bot; none where it is not public."""
        async with self._database.reading() as session:
            bot = await BotRepository(session).get(bot_id)
        return browser_origins(bot.widget_origins if bot is not None and bot.visibility == "public" else ())

    async def page(self, caller: Caller | None, limit: int, offset: int, *, mine: bool) -> list[ListedBot]:
        """Bots the caller may ask, the guide on the first page; with `mine`, those they may change."""
        user_id = None if caller is None or caller.is_guest else caller.user_id
        async with self._database.reading() as session:
            listed = await BotRepository(session).page(user_id, limit, offset, mine=mine)
        return listed if mine or offset else [ListedBot(*guide(), writable=False), *listed]

    async def listed(self, caller: Caller | None, bot_id: str) -> ListedBot:
        """A bot with what the caller may see of it. Raises `BotNotFoundError`."""
        if bot_id == GUIDE_ID:
            return ListedBot(*guide(), writable=False)
        async with self._database.reading() as session:
            bot, writes = await readable_bot(session, caller, bot_id)
            return await _shown(session, bot, writable=writes)

    async def create(self, caller: Caller, body: BotIn) -> ListedBot:
        """A new bot, its first version published. Raises `TooManyBotsError`, what sharing raises, and as `admit`."""
        self.admit(body.workflow)
        now, fields = self._now(), body.model_dump(exclude={"visibility", "team_id"})
        bot = Bot(
            user_id=caller.user_id,
            visibility="private",
            published=1,
            latest=0,
            widget_origins=[],
            created_at=now,
            updated_at=now,
        )
        async with self._database.transaction() as session:
            bots = BotRepository(session)
            if await bots.count_locked(caller.user_id) >= MAX_BOTS:
                raise TooManyBotsError(MAX_BOTS)
            await _share(session, caller, bot, body.visibility, body.team_id)
            await bots.add(bot)
            version = await append_version(session, bot, BotSettings.model_validate(fields), caller.user_id, now)
            publish_version(bot, version, now)
        log.info("bot created", bot_id=bot.id, user_id=caller.user_id)
        return ListedBot(bot, version, writable=True)

    async def change(self, caller: Caller, bot_id: str, body: BotChangeIn) -> ListedBot:
        """A new version of the settings, if they change; and who may ask it.

        Raises what `writable` and sharing do, and as `admit`.
        """
        self.admit(body.workflow)
        now, given = self._now(), body.model_fields_set
        async with self._database.transaction() as session:
            bot = await writable_bot(session, caller, bot_id, lock=True)
            if given & {"visibility", "team_id", "widget_origins"}:
                require_owner(caller, bot)
                visibility, team_id = _wanted(bot, body)
                await _share(session, caller, bot, visibility, team_id)
                bot.widget_origins = bot.widget_origins if body.widget_origins is None else body.widget_origins
                await AuditRepository(session).record(
                    caller.user_id, "bot.share", bot.id, visibility=bot.visibility, team=bot.team_id
                )
            version = (await _shown(session, bot, writable=True)).version
            before = BotSettings.model_validate(version.settings)
            if (after := body.settings_of(before)) != before:
                version = await append_version(session, bot, after, caller.user_id, now)
            if body.publish:
                publish_version(bot, version, now)
            bot.updated_at = now
        return ListedBot(bot, version, writable=True)

    async def delete(self, caller: Caller, bot_id: str) -> None:
        """Remove a bot with its versions and documents. Raises what `writable` does, and `NotBotOwnerError`."""
        async with self._database.transaction() as session:
            bot = await writable_bot(session, caller, bot_id, lock=True)
            require_owner(caller, bot)
            await self.remove(session, bot)
            await AuditRepository(session).record(caller.user_id, "bot.delete", bot_id)
        log.info("bot deleted", bot_id=bot_id, user_id=caller.user_id)

    async def remove(self, session: AsyncSession, bot: Bot) -> None:
        """Remove a bot and every domain's part of it within a transaction."""
        for part in self._parts:
            await part.remove_bot(session, bot.id)
        await BotRepository(session).remove(bot)


async def _shown(session: AsyncSession, bot: Bot, *, writable: bool) -> ListedBot:
    number = bot.latest if writable else bot.published
    version = await BotVersionRepository(session).numbered(bot.id, number)
    assert version is not None  # noqa: S101 (a bot has the versions that its row names)
    return ListedBot(bot, version, writable)


def _wanted(bot: Bot, body: BotChangeIn) -> tuple[Visibility, int | None]:
    """The visibility and the team that a change asks for; a team alone shares a private bot with it."""
    team_id = body.team_id if "team_id" in body.model_fields_set else bot.team_id
    if body.visibility is not None:
        return body.visibility, team_id
    if bot.visibility == "public":
        return "public", team_id
    return ("private", None) if team_id is None else ("team", team_id)


async def _share(session: AsyncSession, caller: Caller, bot: Bot, visibility: Visibility, team_id: int | None) -> None:
    """Raises `TeamNeededError`; `NotFoundError` or `ForbiddenError` for a team the caller may not share with."""
    if visibility == "team" and team_id is None:
        raise TeamNeededError
    if team_id is not None and team_id != bot.team_id and visibility != "private":
        role = await TeamMemberRepository(session).role(team_id, caller.user_id)
        if role is None:
            raise NotFoundError(f"There is no team {team_id}.", "team_not_found")
        if role not in EDITING_ROLES:
            raise ForbiddenError("Only owners and editors of the team may share with it.", "editor_needed")
    bot.visibility, bot.team_id = visibility, None if visibility == "private" else team_id
