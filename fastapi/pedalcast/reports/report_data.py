"""What fault reports keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.models import User
from pedalcast.accounts.ownership.account_data import row_as_dict
from pedalcast.reports.models import FaultReport


class FaultReportData:
    """Reports go on without their author; the words of somebody who deletes their account go."""

    name = "reports"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """All of them."""
        query = select(FaultReport).where(FaultReport.user_id == user_id).order_by(FaultReport.id)
        return {"fault_reports": [row_as_dict(row) for row in (await session.scalars(query)).all()]}

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """They change their author."""
        statement = update(FaultReport).where(FaultReport.user_id == source_id).values(user_id=target_id)
        await session.execute(statement.execution_options(synchronize_session=False))

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """The author goes; the words of a member too, while a guest's tell nothing of anybody."""
        user = await session.get(User, user_id)
        gone: dict[str, None] = {"user_id": None} if user is not None and user.kind == "guest" else {
            "user_id": None, "text": None, "answer": None,
        }  # fmt: skip
        statement = update(FaultReport).where(FaultReport.user_id == user_id).values(**gone)
        await session.execute(statement.execution_options(synchronize_session=False))
