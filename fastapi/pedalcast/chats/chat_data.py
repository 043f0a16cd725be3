"""What kept chats keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.chats.models import ChatBookmark, ChatMessage, ChatSession, SearchLogEntry

_OWNED: tuple[type[Any], ...] = (ChatBookmark, SearchLogEntry, ChatSession)  # messages go with their sessions


class ChatData:
    """Sessions with their messages, bookmarks, and the search log."""

    name = "chats"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """Everything of theirs, a list a table."""
        files: dict[str, Any] = {}
        for model in _OWNED:
            rows = (await session.scalars(select(model).where(model.user_id == user_id))).all()
            files[model.__tablename__] = [row_as_dict(row) for row in rows]
        query = select(ChatMessage).join(ChatSession, ChatSession.id == ChatMessage.session_id)
        messages = (await session.scalars(query.where(ChatSession.user_id == user_id).order_by(ChatMessage.id))).all()
        files["chat_messages"] = [row_as_dict(row) for row in messages]
        return files

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """Everything changes its owner."""
        for model in _OWNED:
            statement = update(model).where(model.user_id == source_id).values(user_id=target_id)
            await session.execute(statement.execution_options(synchronize_session=False))

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """Everything of theirs."""
        for model in _OWNED:
            statement = delete(model).where(model.user_id == user_id)
            await session.execute(statement.execution_options(synchronize_session=False))
