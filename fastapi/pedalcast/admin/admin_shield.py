"""Guards the pages of the admin view: a strict policy on every answer, a CSRF token with every change."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.accounts.sessions.cookies import ADMIN_PATH, CSRF_HEADER
from pedalcast.page.security_headers import security_headers

COOKIE = "pedalcast_admin_csrf"
FIELD = "csrf_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STATICS = f"{ADMIN_PATH}/statics/"


class AdminShield:
    """The token is in a cookie no other site can send, and repeated by the page in each form and each script's request.

    `request.state.csrf_token` is what pages repeat.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if scope["method"] not in SAFE:
            body, receive = await _read(receive)
            if not await _repeats(scope, headers, body, token):
                refused = PlainTextResponse("The CSRF token is missing or wrong; please load the page again.", 403)
                await refused(scope, receive, _guarded(send, scope["path"], None))
                return
        new = None if token else secrets.token_urlsafe(24)
        scope.setdefault("state", {})[FIELD] = token or new
        await self._app(scope, receive, _guarded(send, scope["path"], new))


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body (whose size is limited in front of us), and a `receive` that gives it again."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    body, given = b"".join(parts), False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


async def _repeats(scope: Scope, headers: Mapping[str, str], body: bytes, token: str | None) -> bool:
    """Whether the request comes from a page of ours: it repeats the cookie's token, in a header or in its form."""
    if not token or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    given = headers.get(CSRF_HEADER) or await _form_field(scope, body)
    return given is not None and secrets.compare_digest(given.encode(), token.encode())


async def _form_field(scope: Scope, body: bytes) -> str | None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(dict(scope), receive).form() as form:
        value = form.get(FIELD)
    return value if isinstance(value, str) else None


def _guarded(send: Send, path: str, new_token: str | None) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.raw.extend(security_headers())
            if not path.startswith(STATICS):
                headers["cache-control"] = "no-store"
            if new_token is not None:
                headers.append("set-cookie", _cookie(new_token))
        await send(message)

    return send_guarded


def _cookie(token: str) -> str:
    return f"{COOKIE}={token}; Path={ADMIN_PATH}; Secure; HttpOnly; SameSite=strict"
