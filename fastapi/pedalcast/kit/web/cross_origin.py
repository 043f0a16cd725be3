"""Which pages of other sites may read answers: every page the public GETs, the named origins all."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PUBLIC = (
    "/api/v1/realtime/",
    "/api/v1/predict/",
    "/api/v1/events",
    "/api/v1/notices",
    "/api/v1/health",
    "/health",
    "/openapi.json",
)
EXPOSED = ["ETag", "Link", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-ID"]
READING = ["If-None-Match", "Last-Event-ID"]  # what a page sends that polls or listens


class CrossOrigin:
    """CORS: with credentials for `origins`, without for public GETs from anywhere, none otherwise."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins
        self._named = CORSMiddleware(
            app,
            allow_origins=sorted(origins),
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "X-CSRF-Token", *READING],
            allow_credentials=True,
            expose_headers=EXPOSED,
        )
        self._anybody = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["GET", "HEAD"], allow_headers=READING, expose_headers=EXPOSED
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin is None:
            await self._app(scope, receive, send)
        elif origin in self._origins:
            await self._named(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD", "OPTIONS") and scope["path"].startswith(PUBLIC):
            await self._anybody(scope, receive, send)
        else:
            await self._app(scope, receive, send)
