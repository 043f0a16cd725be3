"""A stream that breaks because its client hung up is no error of ours; one that breaks by itself is."""

from __future__ import annotations

import asyncio

import pytest
from anyio import BrokenResourceError
from starlette.types import Message, Receive, Scope, Send

from pedalcast.kit.web.request_context import RequestContext


async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
    """A stream that sends its head, hears what the client says, and breaks."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await receive()
    raise BaseExceptionGroup("unhandled errors", [BrokenResourceError()])


def call(heard: str) -> None:
    async def receive() -> Message:
        return {"type": heard}

    async def send(_message: Message) -> None:
        return None

    scope: Scope = {"type": "http", "method": "GET", "path": "/api/v1/events", "headers": []}
    asyncio.run(RequestContext(breaking)(scope, receive, send))


def test_a_client_that_hung_up_is_quiet() -> None:
    call("http.disconnect")


def test_any_other_break_is_raised() -> None:
    with pytest.raises(ExceptionGroup):
        call("http.request")
