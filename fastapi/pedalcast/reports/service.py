"""Takes fault reports in, moves them through their states, and tells riders when theirs is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.mail import Mail
from pedalcast.accounts.models import User
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database
from pedalcast.notifications.service import NotificationService
from pedalcast.reports.closing_message import closing_mail, closing_texts
from pedalcast.reports.errors import (
    ReportClosedError,
    ReportedStationError,
    ReportNotFoundError,
    TooManyReportsError,
)
from pedalcast.reports.models import CLOSED, OPEN, FaultReport
from pedalcast.reports.repository import FaultReportRepository
from pedalcast.reports.schemas import FaultReportChangeIn, FaultReportIn

MAX_OPEN = 20
StationExists = Callable[[str], bool]
log = structlog.get_logger(__name__)


class FaultReportService:
    """Members and guests report; another's report is not there."""

    def __init__(
        self, database: Database, notifications: NotificationService, station_exists: StationExists, now: Now
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._station_exists = station_exists
        self._now = now

    async def report(self, caller: Caller, body: FaultReportIn) -> FaultReport:
        """A new report. Raises `ReportedStationError`, `TooManyReportsError`."""
        if not self._station_exists(body.station_id):
            raise ReportedStationError(body.station_id)
        now = self._now()
        row = FaultReport(
            user_id=caller.user_id, station_id=body.station_id, kind=body.kind, text=body.text or None, state=OPEN,
            created_at=now, updated_at=now,
        )  # fmt: skip
        async with self._database.transaction() as session:
            reports = FaultReportRepository(session)
            if await reports.count_open(caller.user_id) >= MAX_OPEN:
                raise TooManyReportsError(MAX_OPEN)
            await reports.add(row)
        log.info("fault report created", report_id=row.id, station_id=row.station_id, kind=row.kind)
        return row

    async def of_user(self, user_id: str, limit: int, before: int | None) -> Sequence[FaultReport]:
        """Somebody's reports, the newest first."""
        async with self._database.reading() as session:
            return await FaultReportRepository(session).of_user(user_id, limit, before)

    async def one(self, user_id: str, report_id: int) -> FaultReport:
        """One of somebody's. Raises `ReportNotFoundError`, for another's too."""
        async with self._database.reading() as session:
            row = await FaultReportRepository(session).get(report_id)
        if row is None or row.user_id != user_id:
            raise ReportNotFoundError
        return row

    async def queue(
        self, limit: int, after: int | None, *, state: str | None, station_id: str | None
    ) -> Sequence[FaultReport]:
        """Everybody's, the oldest first."""
        async with self._database.reading() as session:
            return await FaultReportRepository(session).queue(limit, after, state=state, station_id=station_id)

    async def change(self, admin: Caller, report_id: int, body: FaultReportChangeIn) -> tuple[FaultReport, Mail | None]:
        """Bring a report to a state; the mail to its author, if one is due. Raises `ReportNotFoundError`,
        `ReportClosedError`.
        """
        mail, author = None, None
        async with self._database.transaction() as session:
            row = await FaultReportRepository(session).get(report_id)
            if row is None:
                raise ReportNotFoundError
            if row.state == CLOSED:
                raise ReportClosedError
            row.state, row.updated_at = body.state, self._now()
            row.answer = body.answer or row.answer
            await AuditRepository(session).record(admin.user_id, f"report.{body.state}", str(report_id))
            if body.state == CLOSED:
                row.closed_at = row.updated_at
                author = row.user_id
                mail = await self._tell(session, row)
        if author is not None:
            await self._notifications.hub.announce(author)
        return row, mail

    async def _tell(self, session: AsyncSession, row: FaultReport) -> Mail | None:
        user = None if row.user_id is None else await session.get(User, row.user_id)
        if user is None:
            return None
        texts = closing_texts(row)
        await self._notifications.add(
            session, user.id, "report", f"report:{row.id}", texts, report_id=row.id, station_id=row.station_id
        )
        confirmed = user.email is not None and user.email_confirmed_at is not None
        return closing_mail(user.email, texts) if confirmed and user.email is not None else None
