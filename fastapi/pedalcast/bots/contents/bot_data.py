"""What bots keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.models import TeamMember
from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.bots.models import Bot, BotVersion
from pedalcast.bots.repository import EDITING_ROLES, BotRepository
from pedalcast.bots.service import BotService
from pedalcast.rag.storage.chunk_tables import indexed_documents

_DOCUMENT = ("bot_id", "document_id", "title", "url", "text")


class BotData:
    """Bots with their versions and the texts of their documents. Guests have none."""

    name = "bots"

    def __init__(self, service: BotService) -> None:
        self._service = service

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """Everything of the bots somebody owns, a list a table."""
        bots = await BotRepository(session).of_user(user_id)
        ids = [bot.id for bot in bots]
        query = select(BotVersion).where(BotVersion.bot_id.in_(ids)).order_by(BotVersion.bot_id, BotVersion.number)
        versions = (await session.scalars(query)).all()
        columns = indexed_documents.c
        documents = await session.execute(
            select(*(columns[name] for name in _DOCUMENT))
            .where(columns.bot_id.in_(ids))
            .order_by(columns.bot_id, columns.document_id)
        )
        return {
            "bots": [row_as_dict(bot) for bot in bots],
            "bot_versions": [row_as_dict(version) for version in versions],
            "bot_documents": [dict(zip(_DOCUMENT, row, strict=True)) for row in documents],
        }

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """A guest has nothing here."""

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """Bots that a team shares go to somebody of it who may change them; all others are deleted."""
        for bot in await BotRepository(session).of_user(user_id):
            heir = await _heir(session, bot, user_id)
            if heir is None:
                await self._service.remove(session, bot)
            else:
                bot.user_id = heir


async def _heir(session: AsyncSession, bot: Bot, user_id: str) -> str | None:
    """The member of its team who takes a bot over: an owner before an editor, the longest in it first."""
    if bot.team_id is None:
        return None
    query = (
        select(TeamMember)
        .where(TeamMember.team_id == bot.team_id, TeamMember.user_id != user_id, TeamMember.role.in_(EDITING_ROLES))
        .order_by(TeamMember.joined_at)
    )
    members = (await session.scalars(query)).all()
    return next((member.user_id for role in EDITING_ROLES for member in members if member.role == role), None)
