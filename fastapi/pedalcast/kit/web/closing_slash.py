"""Paths that answer with and without a closing slash, without a redirect."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class ClosingSlash:
    """Takes the closing slash off the paths below `prefixes`, before routing."""

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...]) -> None:
        self._app = app
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.endswith("/") and path.startswith(self._prefixes):
                scope = {**scope, "path": path[:-1], "raw_path": path[:-1].encode()}
        await self._app(scope, receive, send)
