"""What the endpoints of kept chats take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pedalcast.chat.schemas import ProviderName
from pedalcast.chats.models import ChatBookmark, ChatMessage, ChatSession
from pedalcast.chats.repository import ListedSession

MAX_MESSAGE = 2000  # characters
AskedBotId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w-]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class MessageIn(BaseModel):
    """A question, in a session or a new one."""

    model_config = ConfigDict(json_schema_extra={"example": {"message": "헬멧을 꼭 써야 하나요?"}})

    message: Text
    session_id: int | None = Field(None, ge=1)
    bot_id: AskedBotId | None = Field(
        None, description="the bot of a new chat, the built-in guide by default; a chat stays with its bot"
    )
    provider: ProviderName | None = Field(
        default=None,
        description="who is to answer this, of `GET /api/v1/triple/providers`; without it whom the asker has chosen",
    )


class AnswerData(BaseModel):
    """The answer itself."""

    response: str
    sources: list[dict[str, Any]]
    images: list[dict[str, Any]] = Field(default_factory=list)


class MessageAnswerOut(BaseModel):
    """An answer that is kept."""

    success: Literal[True] = True
    session_id: int
    message_id: int
    data: AnswerData


class LastMessageOut(BaseModel):
    """The last message of a session."""

    role: str
    content: str
    created_at: datetime


class SessionListItem(BaseModel):
    """A session in the list."""

    id: int
    bot_id: str
    title: str
    message_count: int
    last_message: LastMessageOut | None
    created_at: datetime
    updated_at: datetime
    pinned: bool

    @classmethod
    def of(cls, listed: ListedSession) -> Self:
        """From the rows."""
        row, last = listed.session, listed.last
        return cls(
            id=row.id,
            bot_id=row.bot_id,
            title=row.title,
            message_count=listed.message_count,
            last_message=LastMessageOut(role=last.role, content=last.content, created_at=last.created_at)
            if last
            else None,
            created_at=row.created_at,
            updated_at=row.updated_at,
            pinned=row.pinned_at is not None,
        )


class SessionsOut(BaseModel):
    """Somebody's sessions."""

    success: Literal[True] = True
    data: list[SessionListItem]


class KeptMessageOut(BaseModel):
    """A message of a session."""

    id: int
    role: str
    content: str
    sources: list[Any]
    metadata: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, row: ChatMessage) -> Self:
        """From the row; `state` and feedback are told in the metadata."""
        extra = {"state": row.state} | ({"feedback": row.feedback} if row.feedback else {})
        return cls(
            id=row.id,
            role=row.role,
            content=row.content,
            sources=row.sources,
            metadata=row.details | extra,
            created_at=row.created_at,
        )


class SessionDetail(BaseModel):
    """A session with its messages, oldest first."""

    id: int
    bot_id: str
    title: str
    messages: list[KeptMessageOut]
    message_count: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: ChatSession, messages: list[ChatMessage]) -> Self:
        """From the rows."""
        return cls(
            id=row.id,
            bot_id=row.bot_id,
            title=row.title,
            messages=[KeptMessageOut.of(message) for message in messages],
            message_count=len(messages),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class SessionOut(BaseModel):
    """One session."""

    success: Literal[True] = True
    data: SessionDetail


class SessionChangeIn(BaseModel):
    """What to change of a session."""

    model_config = ConfigDict(json_schema_extra={"example": {"title": "Helmets", "pinned": True}})

    title: Title | None = None
    pinned: bool | None = None


class FeedbackIn(BaseModel):
    """How an answer was."""

    model_config = ConfigDict(json_schema_extra={"example": {"feedback": "down", "reason": "out of date"}})

    feedback: Literal["up", "down"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None


class BookmarkIn(BaseModel):
    """An answer to keep."""

    model_config = ConfigDict(json_schema_extra={"example": {"content": "헬멧은 의무입니다. [1]"}})

    content: str = Field(min_length=1, max_length=40_000)
    sources: list[dict[str, Any]] = Field(default_factory=list, max_length=50)
    message_id: int | None = Field(None, ge=1)


class BookmarkOut(BaseModel):
    """A bookmark."""

    id: int
    content: str
    sources: list[Any]
    message_id: int | None
    created_at: datetime

    @classmethod
    def of(cls, row: ChatBookmark) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class BookmarkAddedOut(BaseModel):
    """A bookmark just made."""

    success: Literal[True] = True
    data: BookmarkOut


class BookmarksOut(BaseModel):
    """Somebody's bookmarks."""

    success: Literal[True] = True
    data: list[BookmarkOut]


class ChatDone(BaseModel):
    """It is done."""

    success: Literal[True] = True
    message: str
