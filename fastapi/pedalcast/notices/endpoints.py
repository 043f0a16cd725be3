"""`/api/v1/notices`: read by everybody, written by admins."""

from __future__ import annotations

from hashlib import blake2s
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from pedalcast.accounts.dependencies import AdminDep
from pedalcast.accounts.schemas import Success
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.kit.errors import responses
from pedalcast.kit.web.cached_response import CachedResponse
from pedalcast.kit.web.conditional_headers import IfNoneMatch
from pedalcast.notices.dependencies import NoticesDep
from pedalcast.notices.schemas import NoticeChangeIn, NoticeIn, NoticeOut, NoticePageOut, NoticesOut, NoticeView

NoticeId = Annotated[int, Path(ge=1, le=2**53)]
router = APIRouter(prefix="/api/v1", tags=["notices"])


@router.get("/notices", response_model=NoticesOut, summary="Notices in force", responses={304: {}})
async def list_notices(notices: NoticesDep, if_none_match: IfNoneMatch = None) -> Response:
    """Those with a `station_id` close that station; `closed_stations` has them all. Carries an ETag."""
    body = NoticesOut(
        data=list(notices.shown.current()), closed_stations=sorted(notices.shown.closed_stations())
    ).model_dump_json()
    tag = blake2s(body.encode(), digest_size=8).hexdigest()
    return CachedResponse.of(body.encode(), tag, compress=None).response(if_none_match)


@router.get("/admin/notices", summary="All notices, past and to come", responses=responses(401, 403, 422))
async def list_all(
    notices: NoticesDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticePageOut:
    """The newest first."""
    rows = await notices.page(limit + 1, decode_cursor(cursor))
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return NoticePageOut(data=[NoticeView.of(row) for row in rows[:limit]], next=following)


@router.post("/notices", status_code=201, summary="Publish a notice", responses=responses(401, 403, 422))
async def publish_notice(notices: NoticesDep, admin: AdminDep, body: NoticeIn) -> NoticeOut:
    """A banner in both languages, or a station closed by hand; from now on and until removed unless times are given."""
    return NoticeOut(data=NoticeView.of(await notices.publish(admin, body)))


@router.patch("/notices/{notice_id}", summary="Change a notice", responses=responses(401, 403, 404, 422))
async def change_notice(notices: NoticesDep, admin: AdminDep, notice_id: NoticeId, body: NoticeChangeIn) -> NoticeOut:
    """What is not given stays."""
    return NoticeOut(data=NoticeView.of(await notices.change(admin, notice_id, body)))


@router.delete("/notices/{notice_id}", summary="Remove a notice", responses=responses(401, 403, 404))
async def remove_notice(notices: NoticesDep, admin: AdminDep, notice_id: NoticeId) -> Success:
    """It is shown no more; a station it closed is open again."""
    await notices.remove(admin, notice_id)
    return Success(message="The notice is removed.")
