"""What every repository can do; each domain's adds its queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import CursorResult, Delete, Select, Update, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.database.base_model import BaseModel

ModelT = TypeVar("ModelT", bound=BaseModel)


class BaseRepository(Generic[ModelT]):
    """Rows of one table, within the session of one transaction. `model` names the table.

    >>> class PostRepository(BaseRepository[Post]):
    ...     model = Post
    """

    model: ClassVar[type[Any]]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: Any) -> ModelT | None:
        """The row with this primary key, None without one."""
        row: ModelT | None = await self.session.get(self.model, key)
        return row

    async def add(self, row: ModelT) -> ModelT:
        """Insert it; its generated id is set."""
        self.session.add(row)
        await self.session.flush()
        return row

    async def remove(self, row: ModelT) -> None:
        """Delete it."""
        await self.session.delete(row)
        await self.session.flush()

    async def first(self, query: Select[Any]) -> ModelT | None:
        """The first row of the query, None without one."""
        row: ModelT | None = (await self.session.scalars(query.limit(1))).first()
        return row

    async def all(self, query: Select[Any]) -> Sequence[ModelT]:
        """Every row of the query."""
        return (await self.session.scalars(query)).all()

    async def count(self, query: Select[Any]) -> int:
        """How many rows the query has."""
        total = await self.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
        return int(total or 0)

    async def change(self, statement: Update | Delete) -> int:
        """Run an update or delete; the number of rows it changed."""
        outcome = await self.session.execute(statement.execution_options(synchronize_session=False))
        assert isinstance(outcome, CursorResult)  # noqa: S101 (what an UPDATE or DELETE returns)
        return int(outcome.rowcount)
