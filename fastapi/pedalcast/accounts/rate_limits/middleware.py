"""Applies the limits to every routed request: 429 with Retry-After, and RateLimit headers on every answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.errors import AccessTokenError, TooManyRequestsError
from pedalcast.accounts.rate_limits.client_address import Network, address_block, client_address
from pedalcast.accounts.rate_limits.rate_limiter import RateDecision, RateLimiter
from pedalcast.kit.errors import problem

# Which stricter limit a POST counts against too. The longest path that matches decides.
STRICT = {
    "/api/v1/auth/register": "login",
    "/api/v1/auth/login": "login",
    "/api/v1/auth/refresh": "login",
    "/admin/login": "login",
    "/api/v1/triple/user": "login",
    "/api/v1/auth/forgot": "reset",
    "/api/v1/auth/reset": "reset",
    "/api/v1/auth/confirm": "reset",
    "/api/v1/chat": "chat",
    "/api/v1/chatbot/chat": "chat",
    "/api/v1/triple/chat": "chat",
    "/api/v1/widget/chat": "widget",
    "/api/v1/documents/upload": "upload",
    "/api/v1/documents/addresses": "upload",
}
_FREE = frozenset({"/health", "/api/v1/health", "/ready", "/metrics"})


class RateLimits:
    """By user where a bearer token is signed by us, else by address."""

    def __init__(self, app: ASGIApp, limiter: RateLimiter, accounts: Accounts, trusted: tuple[Network, ...]) -> None:
        self._app = app
        self._limiter = limiter
        self._accounts = accounts
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _FREE:
            await self._app(scope, receive, send)
            return
        decision = await self._decide(scope)
        if not decision.allowed:
            error = TooManyRequestsError(decision.reset_s, decision.limit)
            response = problem(error.status, error.code, error.message, headers=error.headers)
            await response(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Limit"] = str(decision.limit)
                headers["RateLimit-Remaining"] = str(decision.remaining)
                headers["RateLimit-Reset"] = str(decision.reset_s)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    async def _decide(self, scope: Scope) -> RateDecision:
        """The strictest decision. Signing in and the like are counted by address: there is no user yet."""
        address = address_block(client_address(scope, self._trusted))
        strict = STRICT.get(scope["path"]) if scope["method"] == "POST" else None
        who = address if strict in ("login", "reset") else self._who(scope, address)
        if strict is not None:
            decision = await self._limiter.hit(strict, who)
            if not decision.allowed:
                return decision
            await self._limiter.hit("all", who)
            return decision
        return await self._limiter.hit("all", who)

    def _who(self, scope: Scope, address: str) -> str:
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return f"address:{address}"
        try:
            return f"user:{self._accounts.sessions.claims(token).user_id}"
        except AccessTokenError:
            return f"address:{address}"
