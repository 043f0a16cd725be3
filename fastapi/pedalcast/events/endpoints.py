"""`/api/v1/events`: Server-Sent Events, one when a snapshot came, one when forecasts were made.

Every replica follows Redis itself and tells its own listeners, so it does not matter which one a listener is on.
FastAPI sends a comment every fifteen seconds, so that proxies keep a quiet stream open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from pedalcast.kit.dependencies import ContextDep

PATH = "/api/v1/events"
RETRY_MS = 3000

_EXAMPLE = (
    "event: snapshot\n"
    'data: {"snapshot_id":"20261120T100500Z","observed_at":"2026-11-20T10:05:03Z","partial":false,'
    '"stations":200,"url":"/api/v1/realtime/stations"}\n'
    "id: snapshot-20261120T100500Z\nretry: 3000\n\n"
)
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "A stream of events", "content": {"text/event-stream": {"example": _EXAMPLE}}}
}

router = APIRouter(tags=["events"])


@router.get(PATH, response_class=EventSourceResponse, summary="Events as they happen", responses=_RESPONSES)
async def listen(
    context: ContextDep, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """`snapshot` and `forecasts`, `model` (another one forecasts now; `rollback` says whether because the last one lost
    to persistence), `job` (a training has ended) and `notices` (others are in force). The newest of each comes first;
    with `Last-Event-ID`, only what was missed."""
    with context.events.subscribe(last_event_id) as subscription:
        yield ServerSentEvent(comment="pedalcast")  # proxies pass the headers on with the first byte
        while (event := await subscription.get()) is not None:
            yield ServerSentEvent(event=event.kind, id=event.id, raw_data=event.data, retry=RETRY_MS)
