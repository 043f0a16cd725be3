"""`/api/v1/notifications`: what the caller is told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from starlette.responses import StreamingResponse

from pedalcast.accounts.dependencies import CallerDep
from pedalcast.accounts.schemas import Success
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.kit.errors import responses
from pedalcast.notifications.dependencies import NotificationsDep
from pedalcast.notifications.notification_stream import notification_events
from pedalcast.notifications.schemas import NotificationsOut, NotificationsReadIn, NotificationView

STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
router = APIRouter(prefix="/api/v1/notifications", tags=["notifications"], responses=responses(401, 403))


@router.get("", summary="What I was told, the newest first", responses=responses(422))
async def list_notifications(
    notifications: NotificationsDep,
    caller: CallerDep,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    *,
    unread: Annotated[bool, Query(description="only those not read yet")] = False,
) -> NotificationsOut:
    """Members and guests alike."""
    rows, count = await notifications.page(caller.user_id, limit + 1, decode_cursor(cursor), unread=unread)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return NotificationsOut(data=[NotificationView.of(row) for row in rows[:limit]], unread=count, next=following)


@router.post("/read", summary="Mark as read", responses=responses(422))
async def mark_read(
    notifications: NotificationsDep, caller: CallerDep, body: NotificationsReadIn | None = None
) -> Success:
    """Those named, or all."""
    count = await notifications.mark_read(caller.user_id, None if body is None else body.ids)
    return Success(message=f"{count} marked as read.")


@router.get("/events", summary="Notifications as they come", response_class=Response,
            responses={200: {"content": {STREAM: {}}}})  # fmt: skip
async def follow(
    notifications: NotificationsDep,
    caller: CallerDep,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**53)] = None,
) -> Response:
    """Server-Sent Events named after the notification's kind (`report`, `alert`); the data is one of the list.

    With `Last-Event-ID`, those missed come first. The token goes in `Authorization`: read the stream by `fetch`.
    """
    events = notification_events(notifications, caller.user_id, last_event_id)
    return StreamingResponse(events, media_type=STREAM, headers=HEADERS)
