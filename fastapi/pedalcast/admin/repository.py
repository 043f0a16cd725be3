"""Answers that need somebody's attention, in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from pedalcast.chats.models import ChatMessage, ChatSession, SearchLogEntry
from pedalcast.database.repository import BaseRepository


class RatedAnswer(NamedTuple):
    """An answer with the question before it; nothing says whose it is."""

    id: int
    bot_id: str
    question: str | None
    answer: str
    reason: str | None
    sources: list[Any]
    at: datetime


class AnswerRepository(BaseRepository[ChatMessage]):
    """Answers by what people said of them."""

    model = ChatMessage

    async def rated_down(self, limit: int, before: int | None, bot_id: str | None) -> list[RatedAnswer]:
        """Answers with bad feedback, the newest first; with `before`, those older than that message."""
        query = _rated_down().order_by(ChatMessage.id.desc()).limit(limit)
        if bot_id is not None:
            chats = select(ChatSession.id).where(ChatSession.bot_id == bot_id)
            query = query.where(ChatMessage.session_id.in_(chats))
        rows = await self.session.execute(query if before is None else query.where(ChatMessage.id < before))
        return [RatedAnswer(*row) for row in rows]


class UnansweredRepository(BaseRepository[SearchLogEntry]):
    """Questions nobody could answer."""

    model = SearchLogEntry

    async def page(self, limit: int, before: int | None, bot_id: str | None) -> list[SearchLogEntry]:
        """The newest first; with `before`, those older than that one."""
        query = select(SearchLogEntry).where(SearchLogEntry.answered.is_(False))
        query = query if before is None else query.where(SearchLogEntry.id < before)
        query = query if bot_id is None else query.where(SearchLogEntry.bot_id == bot_id)
        return list(await self.all(query.order_by(SearchLogEntry.id.desc()).limit(limit)))


def _rated_down() -> Select[Any]:
    earlier, question = aliased(ChatMessage), aliased(ChatMessage)
    asked = (
        select(func.max(earlier.id))
        .where(earlier.session_id == ChatMessage.session_id, earlier.id < ChatMessage.id, earlier.role == "user")
        .correlate(ChatMessage)
        .scalar_subquery()
    )
    chat = select(ChatSession.bot_id).where(ChatSession.id == ChatMessage.session_id)
    bot = chat.correlate(ChatMessage).scalar_subquery()  # MariaDB takes no second join beside the one below
    return (
        select(
            ChatMessage.id,
            bot,
            question.content,
            ChatMessage.content,
            ChatMessage.feedback_reason,
            ChatMessage.sources,
            ChatMessage.created_at,
        )
        .outerjoin(question, question.id == asked)
        .where(ChatMessage.feedback == "down")
    )
