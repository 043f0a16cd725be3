"""A person's notifications as Server-Sent Events, from any of them on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from fastapi.sse import format_sse_event

from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.kit.broadcaster import Subscription
from pedalcast.notifications.schemas import NotificationView
from pedalcast.notifications.service import NotificationService

HEARTBEAT_S = 15.0


async def notification_events(
    notifications: NotificationService, user_id: str, last_id: int | None
) -> AsyncGenerator[bytes, None]:
    """Those after `last_id` (None: only new ones), and new ones as they come. Ends when the server stops."""
    with notifications.hub.listening(user_id) as changed, notifications.events.subscribe() as subscription:
        stopping = asyncio.create_task(_closed(subscription))
        try:
            yield format_sse_event(comment="pedalcast")
            last = await notifications.newest_id(user_id) if last_id is None else last_id
            while not stopping.done():
                changed.clear()
                for row in await notifications.after(user_id, last):
                    last = row.id
                    data = NotificationView.of(row).model_dump_json()
                    yield format_sse_event(event=row.kind, id=str(row.id), data_str=data)
                if not await _waited(changed, stopping):
                    yield format_sse_event(comment="still here")
        except DatabaseUnavailableError:
            yield format_sse_event(event="error", data_str='{"success":false,"error":"database_unavailable"}')
        finally:
            stopping.cancel()


async def _waited(changed: asyncio.Event, stopping: asyncio.Task[None]) -> bool:
    """Wait for something new or the server's end; false when a heartbeat is due."""
    wake = asyncio.create_task(changed.wait())
    try:
        done, _ = await asyncio.wait({wake, stopping}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        wake.cancel()
        with suppress(asyncio.CancelledError):
            await wake
    return bool(done)


async def _closed(subscription: Subscription) -> None:
    """Ends when the server lets go of its listeners."""
    while await subscription.get() is not None:
        pass
