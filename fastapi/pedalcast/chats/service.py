"""Keeps conversations: a question is stored before it is answered, an answer with all that belongs to it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.chat.schemas import ChatRequest, ChatResponse, HistoryTurn
from pedalcast.chats.errors import (
    AnswerPendingError,
    BookmarkNotFoundError,
    MessageNotFoundError,
    OtherBotError,
    SessionNotFoundError,
)
from pedalcast.chats.models import COMPLETE, PARTIAL, PENDING, ChatBookmark, ChatMessage, ChatSession, SearchLogEntry
from pedalcast.chats.repository import (
    ChatBookmarkRepository,
    ChatMessageRepository,
    ChatSessionRepository,
    ListedSession,
    SearchLogRepository,
)
from pedalcast.chats.schemas import BookmarkIn, FeedbackIn, MessageIn, SessionChangeIn
from pedalcast.database.engine import Database

TITLE_LENGTH = 60
HISTORY = 10  # messages
HISTORY_CHARACTERS = 4000  # of one message
PENDING_LIFE = timedelta(minutes=10)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A stored question, and the message its answer will be."""

    user_id: str
    session_id: int
    message_id: int
    request: ChatRequest


class KeptChatService:
    """Sessions, messages and bookmarks of one user at a time."""

    def __init__(self, database: Database, retention: timedelta, now: Callable[[], datetime]) -> None:
        self._database = database
        self._retention = retention
        self._now = now

    async def bot_of(self, user_id: str, body: MessageIn) -> str:
        """The bot that a question goes to. Raises `SessionNotFoundError`, `OtherBotError`."""
        if body.session_id is None:
            return body.bot_id or GUIDE_ID
        async with self._database.reading() as session:
            chat = await ChatSessionRepository(session).of_user(body.session_id, user_id)
        if chat is None:
            raise SessionNotFoundError
        if body.bot_id not in (None, chat.bot_id):
            raise OtherBotError
        return chat.bot_id

    async def bot_of_message(self, user_id: str, message_id: int) -> str:
        """The bot that a message is of. Raises `MessageNotFoundError`."""
        async with self._database.reading() as session:
            message = await ChatMessageRepository(session).of_user(message_id, user_id)
            chat = None if message is None else await ChatSessionRepository(session).get(message.session_id)
        if chat is None:
            raise MessageNotFoundError
        return chat.bot_id

    async def begin(self, user_id: str, body: MessageIn) -> ChatTurn:
        """Store a question, in a session or a new one. Raises `SessionNotFoundError`, `AnswerPendingError`."""
        now = self._now()
        async with self._database.transaction() as session:
            chat = await self._session(session, user_id, body)
            messages = ChatMessageRepository(session)
            earlier = await messages.in_order(chat.id)
            if earlier and earlier[-1].state == PENDING and now - earlier[-1].created_at < PENDING_LIFE:
                raise AnswerPendingError
            chat.updated_at = now
            await messages.add(_message(chat.id, "user", body.message, COMPLETE, now))
            answer = await messages.add(_message(chat.id, "assistant", "", PENDING, now))
        log.info("message stored", session_id=chat.id, message_id=answer.id)
        return ChatTurn(user_id, chat.id, answer.id, _request(body.message, chat, earlier))

    async def _session(self, session: AsyncSession, user_id: str, body: MessageIn) -> ChatSession:
        chats, now = ChatSessionRepository(session), self._now()
        if body.session_id is not None:
            chat = await chats.of_user(body.session_id, user_id)
            if chat is None:
                raise SessionNotFoundError
            log.info("session used", session_id=chat.id)
            return chat
        chat = ChatSession(
            user_id=user_id,
            bot_id=body.bot_id or GUIDE_ID,
            title=title_of(body.message),
            created_at=now,
            updated_at=now,
        )
        await chats.add(chat)
        log.info("session created", session_id=chat.id)
        return chat

    async def regenerate(self, user_id: str, message_id: int) -> ChatTurn:
        """Answer a question again, in the place of its answer. Raises `MessageNotFoundError`, `AnswerPendingError`."""
        now = self._now()
        async with self._database.transaction() as session:
            messages = ChatMessageRepository(session)
            answer = await messages.of_user(message_id, user_id)
            if answer is None or answer.role != "assistant":
                raise MessageNotFoundError
            if answer.state == PENDING and now - answer.created_at < PENDING_LIFE:
                raise AnswerPendingError
            earlier = [row for row in await messages.in_order(answer.session_id) if row.id < answer.id]
            answer.state, answer.created_at = PENDING, now
            question = earlier[-1].content
            chat = await ChatSessionRepository(session).get(answer.session_id)
            assert chat is not None  # noqa: S101 (a message has a session)
        request = _request(question, chat, earlier[:-1])
        return ChatTurn(user_id, answer.session_id, message_id, request)

    async def keep_answer(self, turn: ChatTurn, answer: ChatResponse) -> None:
        """Store an answer, its sources and its line in the search log: all of it or nothing."""
        now, whole = self._now(), answer.model_dump(mode="json")
        async with self._database.transaction() as session:
            message = await ChatMessageRepository(session).get(turn.message_id)
            chat = await ChatSessionRepository(session).get(turn.session_id)
            if message is None or chat is None:
                return  # deleted meanwhile
            message.content, message.sources, message.state = answer.response, whole["sources"], COMPLETE
            message.details = whole["metadata"] | {"images": whole["images"]}
            chat.updated_at = now
            metadata = answer.metadata
            entry = SearchLogEntry(
                user_id=turn.user_id,
                bot_id=chat.bot_id,
                question=turn.request.question,
                language=metadata.language[:8],
                route=metadata.rag_type[:32],
                passages=[{"chunk_id": source.chunk_id, "score": source.score} for source in answer.sources],
                answered=metadata.answered,
                seconds=metadata.response_time,
                tokens=metadata.tokens,
                asked_at=now,
            )
            await SearchLogRepository(session).add(entry)

    async def keep_partial(self, turn: ChatTurn, text: str, reason: str) -> None:
        """Store what was written of an answer that did not end."""
        async with self._database.transaction() as session:
            message = await ChatMessageRepository(session).get(turn.message_id)
            if message is not None and message.state == PENDING:
                message.content, message.state, message.details = text, PARTIAL, {"error": reason}

    async def sessions(
        self, user_id: str, limit: int, offset: int, words: str | None = None, bot_id: str | None = None
    ) -> list[ListedSession]:
        """A page of somebody's sessions, with all bots or one."""
        async with self._database.reading() as session:
            return await ChatSessionRepository(session).page(user_id, limit, offset, words, bot_id)

    async def session(self, user_id: str, session_id: int) -> tuple[ChatSession, list[ChatMessage]]:
        """A session with its messages. Raises `SessionNotFoundError`."""
        async with self._database.reading() as session:
            chat = await ChatSessionRepository(session).of_user(session_id, user_id)
            if chat is None:
                raise SessionNotFoundError
            return chat, await ChatMessageRepository(session).in_order(session_id)

    async def change(self, user_id: str, session_id: int, body: SessionChangeIn) -> None:
        """Rename or pin a session. Raises `SessionNotFoundError`."""
        async with self._database.transaction() as session:
            chat = await ChatSessionRepository(session).of_user(session_id, user_id)
            if chat is None:
                raise SessionNotFoundError
            chat.title = body.title or chat.title
            if body.pinned is not None:
                chat.pinned_at = self._now() if body.pinned else None

    async def delete(self, user_id: str, session_id: int) -> None:
        """Remove a session with its messages. Raises `SessionNotFoundError`."""
        async with self._database.transaction() as session:
            chats = ChatSessionRepository(session)
            chat = await chats.of_user(session_id, user_id)
            if chat is None:
                raise SessionNotFoundError
            await chats.remove(chat)
        log.info("session deleted", session_id=session_id)

    async def message(self, user_id: str, message_id: int) -> ChatMessage:
        """A message. Raises `MessageNotFoundError`."""
        async with self._database.reading() as session:
            message = await ChatMessageRepository(session).of_user(message_id, user_id)
        if message is None:
            raise MessageNotFoundError
        return message

    async def give_feedback(self, user_id: str, message_id: int, body: FeedbackIn) -> None:
        """Note how an answer was. Raises `MessageNotFoundError`."""
        async with self._database.transaction() as session:
            message = await ChatMessageRepository(session).of_user(message_id, user_id)
            if message is None or message.role != "assistant":
                raise MessageNotFoundError
            message.feedback, message.feedback_reason = body.feedback, body.reason

    async def bookmarks(self, user_id: str) -> list[ChatBookmark]:
        """Somebody's bookmarks."""
        async with self._database.reading() as session:
            return await ChatBookmarkRepository(session).of_user(user_id)

    async def bookmark(self, user_id: str, body: BookmarkIn) -> ChatBookmark:
        """Keep an answer. Raises `MessageNotFoundError` for a message that is not theirs."""
        async with self._database.transaction() as session:
            if body.message_id is not None:
                message = await ChatMessageRepository(session).of_user(body.message_id, user_id)
                if message is None:
                    raise MessageNotFoundError
            row = ChatBookmark(
                user_id=user_id,
                message_id=body.message_id,
                content=body.content,
                sources=body.sources,
                created_at=self._now(),
            )
            await ChatBookmarkRepository(session).add(row)
        log.info("bookmark created", bookmark_id=row.id)
        return row

    async def remove_bookmark(self, user_id: str, bookmark_id: int) -> None:
        """Remove a bookmark. Raises `BookmarkNotFoundError`."""
        async with self._database.transaction() as session:
            bookmarks = ChatBookmarkRepository(session)
            row = await bookmarks.get(bookmark_id)
            if row is None or row.user_id != user_id:
                raise BookmarkNotFoundError
            await bookmarks.remove(row)

    async def clean(self) -> None:
        """Mark answers that were interrupted as partial, and remove what is older than the retention."""
        now = self._now()
        async with self._database.transaction() as session:
            await ChatMessageRepository(session).end_pending(now - PENDING_LIFE)
            if self._retention > timedelta(0):
                await ChatSessionRepository(session).remove_older(now - self._retention)
                await SearchLogRepository(session).remove_older(now - self._retention)


def title_of(question: str) -> str:
    """A title made of a question: its first line, cut at a word."""
    line = " ".join(question.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[TITLE_LENGTH // 2 :] else cut) + "…"


def _message(session_id: int, role: str, content: str, state: str, now: datetime) -> ChatMessage:
    return ChatMessage(
        session_id=session_id, role=role, content=content, state=state, sources=[], details={}, created_at=now
    )


def _request(question: str, chat: ChatSession, earlier: list[ChatMessage]) -> ChatRequest:
    """The question with the last messages before it, as what answers takes it."""
    history = [
        HistoryTurn(role="user" if row.role == "user" else "assistant", content=row.content[:HISTORY_CHARACTERS])
        for row in earlier
        if row.content and row.state == COMPLETE
    ]
    body = {"question": question, "session_id": str(chat.id), "bot_id": chat.bot_id}
    return ChatRequest.model_validate(body | {"chat_history": history[-HISTORY:]})
