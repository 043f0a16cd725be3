"""One id and one log line a request."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import structlog
from anyio import BrokenResourceError, ClosedResourceError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.kit.errors import CLIENT_GONE

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = frozenset({"/health", "/api/v1/health", "/ready", "/metrics"})
log = structlog.get_logger("pedalcast.request")


class RequestContext:
    """Binds the request's id (the caller's, where it is a sane one) to the logs and returns it in a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
        status, complete, disconnected = 500, False, False
        started = time.perf_counter()

        async def receive_noting_the_end() -> Message:
            nonlocal disconnected
            message = await receive()
            disconnected = disconnected or message["type"] == "http.disconnect"
            return message

        async def send_with_id(message: Message) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            elif message["type"] == "http.response.body":
                complete = not message.get("more_body", False)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive_noting_the_end, send_with_id)
            except* (BrokenResourceError, ClosedResourceError):
                if not disconnected:  # else FastAPI's own stream was closed while it sent: the client hung up
                    raise
            finally:
                _log(scope, CLIENT_GONE if disconnected and not complete else status, time.perf_counter() - started)


def _log(scope: Scope, status: int, seconds: float) -> None:
    write = log.debug if scope["path"] in _QUIET else log.info
    write("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 1))
