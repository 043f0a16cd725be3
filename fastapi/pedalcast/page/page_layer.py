"""Answers the paths of the page in front of the router; every other request passes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from pedalcast.kit.web.cached_response import send_cached
from pedalcast.page.page_file import PageFile


class PageLayer:
    """The ASGI layer over a table of files by path.

    A browser that opens a view of the page (`/stations/ST-4`) gets the index, which reads the rest from the address:
    every path without a dot in its last part whose first part is none of `reserved`, asked for as HTML.
    """

    def __init__(self, app: ASGIApp, files: Mapping[str, PageFile], reserved: Callable[[], frozenset[str]]) -> None:
        self._app = app
        self._files = files
        self._views = "/index.html" in files
        self._reserved = reserved

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._find(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if file is None:
            await self._app(scope, receive, send)
            return
        if not file.ready:
            await asyncio.to_thread(file.load)
        headers = dict(scope["headers"])
        answer = file.choose(headers.get(b"if-none-match"), headers.get(b"accept-encoding"))
        await send_cached(answer, send, head=scope["method"] == "HEAD")

    def _find(self, scope: Scope) -> PageFile | None:
        path: str = scope["path"]
        file = self._files.get(path)
        if file is not None or not self._views or b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            return file
        if "." in path.rpartition("/")[2] or first_part(path) in self._reserved():
            return None
        return self._files["/index.html"]


def first_part(path: str) -> str:
    """`api` of `/api/v1/chat`."""
    return path.split("/", 2)[1] if path.startswith("/") else ""
