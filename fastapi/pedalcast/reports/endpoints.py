"""`/api/v1/reports` for riders, `/api/v1/admin/reports` for the operator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query

from pedalcast.accounts.dependencies import AccountsDep, AdminDep, CallerDep
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.kit.errors import responses
from pedalcast.reports.dependencies import FaultReportsDep
from pedalcast.reports.schemas import (
    FaultReportChangeIn,
    FaultReportIn,
    FaultReportOut,
    FaultReportsOut,
    FaultReportView,
    ReportState,
)

ReportId = Annotated[int, Path(ge=1, le=2**53)]
ReportCursor = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
ReportLimit = Annotated[int, Query(ge=1, le=200)]
router = APIRouter(prefix="/api/v1", tags=["fault reports"], responses=responses(401, 403))


@router.post("/reports", status_code=201, summary="Report a fault of a station", responses=responses(404, 409, 422))
async def report_fault(reports: FaultReportsDep, caller: CallerDep, body: FaultReportIn) -> FaultReportOut:
    """Members and guests. The rider is told when it is closed: as a notification, and by mail where that is on."""
    return FaultReportOut(data=FaultReportView.of(await reports.report(caller, body)))


@router.get("/reports", summary="My fault reports, the newest first", responses=responses(422))
async def list_reports(
    reports: FaultReportsDep, caller: CallerDep, cursor: ReportCursor = None, limit: ReportLimit = 50
) -> FaultReportsOut:
    """With their states."""
    rows = await reports.of_user(caller.user_id, limit + 1, decode_cursor(cursor))
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return FaultReportsOut(data=[FaultReportView.of(row) for row in rows[:limit]], next=following)


@router.get("/reports/{report_id}", summary="One of my fault reports", responses=responses(404))
async def read_report(reports: FaultReportsDep, caller: CallerDep, report_id: ReportId) -> FaultReportOut:
    """Its state, and the operator's answer."""
    return FaultReportOut(data=FaultReportView.of(await reports.one(caller.user_id, report_id)))


@router.get("/admin/reports", summary="Everybody's fault reports, the oldest first", responses=responses(422))
async def list_queue(  # noqa: PLR0917 (FastAPI calls it by name)
    reports: FaultReportsDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    state: Annotated[ReportState | None, Query(description="only these")] = None,
    station_id: Annotated[str | None, Query(max_length=128, description="only this station's")] = None,
    cursor: ReportCursor = None,
    limit: ReportLimit = 50,
) -> FaultReportsOut:
    """The operator's queue."""
    rows = await reports.queue(limit + 1, decode_cursor(cursor), state=state, station_id=station_id)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return FaultReportsOut(data=[FaultReportView.of(row) for row in rows[:limit]], next=following)


@router.patch("/admin/reports/{report_id}", summary="Bring a fault report to a state",
              responses=responses(404, 409, 422))  # fmt: skip
async def change_report(  # noqa: PLR0917 (FastAPI calls it by name)
    reports: FaultReportsDep,
    accounts: AccountsDep,
    admin: AdminDep,
    tasks: BackgroundTasks,
    report_id: ReportId,
    body: FaultReportChangeIn,
) -> FaultReportOut:
    """`closed` is the end: the rider is told, with `answer`."""
    row, mail = await reports.change(admin, report_id, body)
    if mail is not None and accounts.mailer.is_on:
        tasks.add_task(accounts.mailer.send, mail)
    return FaultReportOut(data=FaultReportView.of(row))
