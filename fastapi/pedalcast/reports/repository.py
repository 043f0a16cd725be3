"""Fault reports in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pedalcast.database.repository import BaseRepository
from pedalcast.reports.models import CLOSED, FaultReport


class FaultReportRepository(BaseRepository[FaultReport]):
    """Reports of a user, and the operator's queue."""

    model = FaultReport

    async def of_user(self, user_id: str, limit: int, before: int | None) -> Sequence[FaultReport]:
        """Somebody's, the newest first; with `before`, those older than that one."""
        query = select(FaultReport).where(FaultReport.user_id == user_id)
        query = query if before is None else query.where(FaultReport.id < before)
        return await self.all(query.order_by(FaultReport.id.desc()).limit(limit))

    async def count_open(self, user_id: str) -> int:
        """How many of somebody's are not closed."""
        return await self.count(
            select(FaultReport.id).where(FaultReport.user_id == user_id, FaultReport.state != CLOSED)
        )

    async def queue(
        self, limit: int, after: int | None, *, state: str | None, station_id: str | None
    ) -> Sequence[FaultReport]:
        """The oldest first; with `after`, those newer than that one."""
        query = select(FaultReport)
        query = query if state is None else query.where(FaultReport.state == state)
        query = query if station_id is None else query.where(FaultReport.station_id == station_id)
        query = query if after is None else query.where(FaultReport.id > after)
        return await self.all(query.order_by(FaultReport.id).limit(limit))
