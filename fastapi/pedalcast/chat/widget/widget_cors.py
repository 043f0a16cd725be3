"""Lets pages of the origins that a bot lists, and no others, read what the widget's endpoints answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.database.errors import DatabaseUnavailableError

PREFIX = "/api/v1/widget"
OriginsOf = Callable[[str], Awaitable[frozenset[str]]]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


class WidgetCors:
    """The ASGI layer; it answers preflights itself. Around the rate limits, so that pages can read a 429, too."""

    def __init__(self, app: ASGIApp, origins_of: OriginsOf) -> None:
        self._app = app
        self._origins_of = origins_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        listed = origin is not None and await self._lists(asked_bot_id(scope), origin)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(origin if listed else None)(scope, receive, send)
            return
        await self._app(scope, receive, _opened(send, origin) if listed and origin else send)

    async def _lists(self, bot_id: str, origin: str) -> bool:
        """Whether the bot lists the origin; not while the database is away, which the endpoint then says."""
        try:
            return origin in await self._origins_of(bot_id)
        except (DatabaseUnavailableError, DBAPIError):
            return False


def asked_bot_id(scope: Scope) -> str:
    """The bot that the query names, an empty text without one."""
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get("bot", [""])[0]


def _preflight(origin: str | None) -> Response:
    if origin is None:
        return Response(status_code=403, headers={"Vary": "Origin"})
    return Response(status_code=204, headers={"Access-Control-Allow-Origin": origin, "Vary": "Origin", **_PREFLIGHT})


def _opened(send: Send, origin: str) -> Send:
    async def send_opened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
            headers.add_vary_header("Origin")
        await send(message)

    return send_opened
