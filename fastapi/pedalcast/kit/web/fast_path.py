"""Answers whole paths from kept bytes before routing, compression and instrumentation, which cost more than they do.

The paths stay declared on their routers too, for the schema and for every request that is not the plain one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Protocol

from prometheus_client import CollectorRegistry
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pedalcast.kit.web.cached_response import CachedResponse, send_cached
from pedalcast.kit.web.front_metrics import FrontMetrics

ReadCached = Callable[[], CachedResponse | None]
ReadCachedItem = Callable[[str], CachedResponse | None]


class Admission(Protocol):
    """Says whether a caller may be answered."""

    def take(self, scope: Scope) -> bool:
        """Whether this request may be answered at once; it is counted then."""
        ...

    async def renew(self, scope: Scope) -> Response | None:
        """Called where `take` says no: the refusal, or None where the request may be answered after all."""
        ...


class FastPathTable:
    """Which paths are answered in front. An answer of None leaves the request to the router."""

    def __init__(self) -> None:
        self.paths: dict[str, ReadCached] = {}
        self.items: dict[str, ReadCachedItem] = {}  # "/api/v1/things" answers "/api/v1/things/{id}"
        self.admission: Admission | None = None  # None: everybody may ask as often as they like
        self.named_origins: frozenset[bytes] = frozenset()  # their pages' requests go to the router, with credentials

    def find(self, path: str) -> tuple[str, CachedResponse] | None:
        """The path's name for counting and what is kept for it."""
        if (answer := self.paths.get(path)) is not None:
            cached = answer()
            return None if cached is None else (path, cached)
        parent, _, item = path.rpartition("/")
        if item and (item_answer := self.items.get(parent)) is not None:
            cached = item_answer(item)
            return None if cached is None else (parent + "/{id}", cached)
        return None


class FastPath:
    """The ASGI layer over a `FastPathTable`. It counts and times its requests itself."""

    def __init__(self, app: ASGIApp, table: FastPathTable, registry: CollectorRegistry) -> None:
        self._app = app
        self._table = table
        self._metrics = FrontMetrics(registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope["query_string"]:
            started = perf_counter()
            named_response = self._table.find(scope["path"])
            wanted = {} if named_response is None else _headers(scope)
            if named_response is not None and wanted.get(b"origin") not in self._table.named_origins:
                admission = self._table.admission
                if admission is not None and not admission.take(scope):
                    refusal = await admission.renew(scope)
                    if refusal is not None:
                        refusal.headers["Access-Control-Allow-Origin"] = "*"  # a page may read when to come back
                        refusal.headers["Access-Control-Expose-Headers"] = "Retry-After"
                        await refusal(scope, receive, send)
                        return
                status = await self._answer(named_response[1], wanted, scope, send)
                self._metrics.answered(named_response[0], status, perf_counter() - started)
                return
        await self._app(scope, receive, send)

    async def _answer(self, cached: CachedResponse, wanted: Mapping[bytes, bytes], scope: Scope, send: Send) -> int:
        """Send what is kept; the status."""
        answer = cached.choose(wanted.get(b"if-none-match"), wanted.get(b"accept-encoding"))
        await send_cached(answer, send, head=scope["method"] == "HEAD")
        return answer[0]


def _headers(scope: Scope) -> Mapping[bytes, bytes]:
    return dict(scope["headers"])
