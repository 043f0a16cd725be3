"""Kept chats in the database. Every query names its user: another's things are not there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import aliased

from pedalcast.chats.models import PARTIAL, PENDING, ChatBookmark, ChatMessage, ChatSession, SearchLogEntry
from pedalcast.database.repository import BaseRepository


class ListedSession(NamedTuple):
    """A session with its number of messages and the last of them."""

    session: ChatSession
    message_count: int
    last: ChatMessage | None


class ChatSessionRepository(BaseRepository[ChatSession]):
    """Sessions of a user."""

    model = ChatSession

    async def of_user(self, session_id: int, user_id: str) -> ChatSession | None:
        """The session, None where it is nobody's or another's."""
        return await self.first(select(ChatSession).where(ChatSession.id == session_id, ChatSession.user_id == user_id))

    async def page(
        self, user_id: str, limit: int, offset: int, words: str | None, bot_id: str | None
    ) -> list[ListedSession]:
        """Pinned ones first, then the newest; with `words`, those whose title or messages have them."""
        query = select(ChatSession).where(ChatSession.user_id == user_id)
        if bot_id is not None:
            query = query.where(ChatSession.bot_id == bot_id)
        if words:
            message = aliased(ChatMessage)
            in_messages = select(message.id).where(
                message.session_id == ChatSession.id, message.content.icontains(words, autoescape=True)
            )
            query = query.where(or_(ChatSession.title.icontains(words, autoescape=True), in_messages.exists()))
        order = (ChatSession.pinned_at.is_(None), ChatSession.updated_at.desc(), ChatSession.id.desc())
        sessions = await self.all(query.order_by(*order).limit(limit).offset(offset))
        messages = await self._counts([session.id for session in sessions])
        return [ListedSession(session, *messages.get(session.id, (0, None))) for session in sessions]

    async def _counts(self, session_ids: list[int]) -> dict[int, tuple[int, ChatMessage]]:
        """The number of messages and the last one of each of these sessions, of this page's alone."""
        counts = (
            select(ChatMessage.session_id, func.count().label("messages"), func.max(ChatMessage.id).label("last_id"))
            .where(ChatMessage.session_id.in_(session_ids))
            .group_by(ChatMessage.session_id)
            .subquery()
        )
        query = select(counts.c.messages, ChatMessage).join(ChatMessage, ChatMessage.id == counts.c.last_id)
        return {last.session_id: (count, last) for count, last in await self.session.execute(query)}

    async def remove_older(self, before: datetime) -> int:
        """Remove sessions not used since; how many. Pinned ones stay."""
        return await self.change(
            delete(ChatSession).where(ChatSession.updated_at < before, ChatSession.pinned_at.is_(None))
        )


class ChatMessageRepository(BaseRepository[ChatMessage]):
    """Messages of sessions."""

    model = ChatMessage

    async def in_order(self, session_id: int) -> list[ChatMessage]:
        """A session's messages, oldest first."""
        query = select(ChatMessage).where(ChatMessage.session_id == session_id).order_by(ChatMessage.id)
        return list(await self.all(query))

    async def of_user(self, message_id: int, user_id: str) -> ChatMessage | None:
        """The message, None where it is nobody's or another's."""
        return await self.first(
            select(ChatMessage)
            .join(ChatSession, ChatSession.id == ChatMessage.session_id)
            .where(ChatMessage.id == message_id, ChatSession.user_id == user_id)
        )

    async def end_pending(self, before: datetime) -> int:
        """Mark answers that were begun before this time, and never ended, as partial; how many."""
        return await self.change(
            update(ChatMessage)
            .where(ChatMessage.state == PENDING, ChatMessage.created_at < before)
            .values(state=PARTIAL)
        )


class ChatBookmarkRepository(BaseRepository[ChatBookmark]):
    """Bookmarks of a user."""

    model = ChatBookmark

    async def of_user(self, user_id: str) -> list[ChatBookmark]:
        """The newest first."""
        query = select(ChatBookmark).where(ChatBookmark.user_id == user_id).order_by(ChatBookmark.id.desc())
        return list(await self.all(query))


class SearchLogRepository(BaseRepository[SearchLogEntry]):
    """The search log."""

    model = SearchLogEntry

    async def remove_older(self, before: datetime) -> int:
        """Remove entries older than this; how many."""
        return await self.change(delete(SearchLogEntry).where(SearchLogEntry.asked_at < before))
