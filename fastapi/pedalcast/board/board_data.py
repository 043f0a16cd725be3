"""What the board keeps of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.board.models import BoardComment, BoardComplaint, BoardPost

_OWNED: tuple[type[Any], ...] = (BoardComplaint, BoardComment, BoardPost)  # in an order in which they can go


class BoardData:
    """Posts (with the comments below them), comments and complaints. Guests write none."""

    name = "board"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """A list a table."""
        files: dict[str, Any] = {}
        for model in _OWNED:
            rows = (await session.scalars(select(model).where(model.user_id == user_id).order_by(model.id))).all()
            files[model.__tablename__] = [row_as_dict(row) for row in rows]
        return files

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """A guest has nothing here."""

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """Everything of theirs."""
        for model in _OWNED:
            statement = delete(model).where(model.user_id == user_id)
            await session.execute(statement.execution_options(synchronize_session=False))
