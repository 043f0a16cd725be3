"""How large a request may be and how long it may take to arrive, for every route in one place.

A body is read when the application asks for it, not before: whoever checks a token first has refused the caller by
then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.kit.errors import CLIENT_GONE, problem


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """`small` bytes for every route but those of `streamed` (path prefix to bytes), whose bodies are passed on piece by
    piece. A small body must be whole after `seconds`."""

    small: int = 256 * 1024
    seconds: float = 20.0
    streamed: Mapping[str, int] = field(default_factory=dict)

    def of(self, path: str) -> tuple[int, bool]:
        """The limit of a path in bytes, and whether its body is streamed."""
        for prefix, limit in self.streamed.items():
            if path.startswith(prefix):
                return limit, True
        return self.small, False


class BodyTooLargeError(HTTPException):
    """The body is larger than its route takes."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The request is larger than {limit // 1024} KiB.", {"Connection": "close"})


class BodyTimeoutError(HTTPException):
    """The body did not arrive in time."""

    code = "request_timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            408, f"The request was not complete after {seconds:g} seconds.", headers={"Connection": "close"}
        )


class ClientGoneError(HTTPException):
    """The client hung up in the middle of its request."""

    def __init__(self) -> None:
        super().__init__(CLIENT_GONE, "The client hung up.")


class RequestLimits:
    """The ASGI layer that enforces `BodyLimits`."""

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit, streamed = self._limits.of(scope["path"])
        if _declared_length(scope) > limit:
            error = BodyTooLargeError(limit)
            await problem(413, error.code, error.detail, headers=error.headers)(scope, receive, send)
            return
        if streamed:
            await self._app(scope, _counted(receive, limit), send)
        else:
            await self._app(scope, _whole(receive, limit, self._limits.seconds), send)


def _declared_length(scope: Scope) -> int:
    """What `Content-Length` says, 0 without it; the server has refused what is no number."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


def _counted(receive: Receive, limit: int) -> Receive:
    """`receive`, raising `BodyTooLargeError` once more than `limit` bytes have come."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise BodyTooLargeError(limit)
        return message

    return counted


def _whole(receive: Receive, limit: int, seconds: float) -> Receive:
    """`receive` whose first message is the whole body. Raises the errors of this module."""
    counted = _counted(receive, limit)
    asked = False

    async def whole() -> Message:
        nonlocal asked
        if asked:
            return await receive()
        asked = True
        chunks: list[bytes] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await counted()
                    if message["type"] == "http.disconnect":
                        raise ClientGoneError
                    chunks.append(message.get("body", b""))
                    if not message.get("more_body", False):
                        return {"type": "http.request", "body": b"".join(chunks), "more_body": False}
        except TimeoutError:
            raise BodyTimeoutError(seconds) from None

    return whole
