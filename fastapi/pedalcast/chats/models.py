"""Tables of kept chats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, Json, LongText, UtcDateTime

PENDING, COMPLETE, PARTIAL = "pending", "complete", "partial"


def _user() -> Mapped[str]:
    return mapped_column(String(32), ForeignKey("users.id", ondelete="CASCADE"))


def _bot() -> Mapped[str]:
    """Which bot answered. No foreign key: what was said outlives the bot."""
    return mapped_column(String(64), default="help", server_default="help")


class ChatSession(BaseModel):
    """A conversation with one bot. `updated_at` moves with each question."""

    __tablename__ = "chat_sessions"
    __table_args__ = (Index("ix_chat_sessions_user_id_updated_at", "user_id", "updated_at"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _user()
    bot_id: Mapped[str] = _bot()
    title: Mapped[str] = mapped_column(String(200))
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatMessage(BaseModel):
    """A question, or an answer whose `state` is pending, complete or partial."""

    __tablename__ = "chat_messages"
    __table_args__ = (Index("ix_chat_messages_session_id_id", "session_id", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("chat_sessions.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(String(16))
    sources: Mapped[list[Any]] = mapped_column(Json, default=list)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    feedback: Mapped[str | None] = mapped_column(String(8))
    feedback_reason: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatBookmark(BaseModel):
    """An answer somebody keeps; it stays when its message goes."""

    __tablename__ = "chat_bookmarks"
    __table_args__ = (Index("ix_chat_bookmarks_user_id_id", "user_id", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _user()
    message_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("chat_messages.id", ondelete="SET NULL"), index=True
    )
    content: Mapped[str] = mapped_column(LongText)
    sources: Mapped[list[Any]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchLogEntry(BaseModel):
    """What was asked and how it was answered."""

    __tablename__ = "search_log"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(String(32), ForeignKey("users.id", ondelete="CASCADE"), index=True)
    bot_id: Mapped[str] = _bot()
    question: Mapped[str] = mapped_column(LongText)
    language: Mapped[str] = mapped_column(String(8))
    route: Mapped[str] = mapped_column(String(32))
    passages: Mapped[list[Any]] = mapped_column(Json)
    answered: Mapped[bool]
    seconds: Mapped[float]
    tokens: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
