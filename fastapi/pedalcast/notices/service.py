"""Publishes, changes and removes notices, and keeps what is shown up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database
from pedalcast.notices.errors import NoticeNotFoundError, NoticeTimesError
from pedalcast.notices.models import Notice
from pedalcast.notices.repository import NoticeRepository
from pedalcast.notices.schemas import NoticeChangeIn, NoticeIn, NoticeTexts, NoticeView
from pedalcast.notices.shown_notices import ShownNotices

log = structlog.get_logger(__name__)


class NoticeService:
    """`shown` follows the database within `lifespan.REFRESH_S`, on every replica; here at once."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now
        self._refreshing = asyncio.Lock()  # so that what was read earlier is never shown later
        self.shown = ShownNotices(now)

    async def publish(self, admin: Caller, body: NoticeIn) -> Notice:
        """A new notice. Raises `NoticeTimesError`."""
        now = self._now()
        text = body.text or _closing_texts(body.station_id or "")
        row = Notice(
            severity=body.severity, text_ko=text.ko, text_en=text.en, station_id=body.station_id,
            starts_at=body.starts_at or now, ends_at=body.ends_at, created_at=now, created_by=admin.user_id,
        )  # fmt: skip
        _check_times(row)
        async with self._database.transaction() as session:
            await NoticeRepository(session).add(row)
            await AuditRepository(session).record(
                admin.user_id, "notice.publish", str(row.id), station_id=body.station_id
            )
        await self.refresh()
        log.info("notice published", notice_id=row.id, station_id=row.station_id)
        return row

    async def change(self, admin: Caller, notice_id: int, body: NoticeChangeIn) -> Notice:
        """Change what is given. Raises `NoticeNotFoundError`, `NoticeTimesError`."""
        async with self._database.transaction() as session:
            row = await NoticeRepository(session).present(notice_id)
            if row is None:
                raise NoticeNotFoundError
            if body.text is not None:
                row.text_ko, row.text_en = body.text.ko, body.text.en
            for name, value in body.model_dump(exclude_none=True, exclude={"text"}).items():
                setattr(row, name, value)
            _check_times(row)
            await AuditRepository(session).record(admin.user_id, "notice.change", str(notice_id))
        await self.refresh()
        return row

    async def remove(self, admin: Caller, notice_id: int) -> None:
        """Show it no more. Raises `NoticeNotFoundError`."""
        async with self._database.transaction() as session:
            row = await NoticeRepository(session).present(notice_id)
            if row is None:
                raise NoticeNotFoundError
            row.removed_at = self._now()
            await AuditRepository(session).record(admin.user_id, "notice.remove", str(notice_id))
        await self.refresh()

    async def page(self, limit: int, before: int | None) -> Sequence[Notice]:
        """All notices, past and to come, the newest first."""
        async with self._database.reading() as session:
            return await NoticeRepository(session).page(limit, before)

    async def refresh(self) -> None:
        """Show what the database has."""
        async with self._refreshing:
            async with self._database.reading() as session:
                rows = await NoticeRepository(session).not_over(self._now())
            self.shown.put([NoticeView.of(row) for row in rows])


def _check_times(row: Notice) -> None:
    if row.ends_at is not None and row.ends_at <= row.starts_at:
        raise NoticeTimesError


def _closing_texts(station_id: str) -> NoticeTexts:
    return NoticeTexts(
        ko=f"대여소 {station_id}은(는) 당분간 이용할 수 없습니다.",
        en=f"Station {station_id} is closed for the time being.",
    )
