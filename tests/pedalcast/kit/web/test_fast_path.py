import asyncio
from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pedalcast.kit.web.cached_response import CachedResponse
from pedalcast.kit.web.fast_path import FastPath, FastPathTable


def _ask(
    front: ASGIApp, path: str, *, method: str = "GET", query: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()
) -> list[Any]:
    """The messages an ASGI request gets."""
    sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}
    asyncio.run(front(scope, None, send))
    return sent


class TestFront:
    def _front(self) -> tuple[FastPath, CollectorRegistry]:
        async def behind(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "behind"})

        table, registry = FastPathTable(), CollectorRegistry()
        table.paths["/things"] = lambda: CachedResponse.of(b"[1]", "v1")
        table.paths["/nothing"] = lambda: None
        table.items["/things"] = lambda name: CachedResponse.of(b"1", "v1") if name == "one" else None
        return FastPath(behind, table, registry), registry

    def test_answers_and_counts_what_is_kept(self) -> None:
        front, registry = self._front()
        start, body = _ask(front, "/things")
        assert (start["status"], body["body"]) == (200, b"[1]")
        start, body = _ask(front, "/things", headers=[(b"if-none-match", b'W/"v1"')])
        assert (start["status"], body["body"]) == (304, b"")
        assert _ask(front, "/things/one")[1]["body"] == b"1"
        counted = generate_latest(registry).decode()
        assert 'pedalcast_front_requests_total{handler="/things",status="304"} 1.0' in counted
        assert 'pedalcast_front_request_seconds_count{handler="/things"} 2.0' in counted
        assert 'handler="/things/{id}"' in counted
        assert "one" not in counted

    def test_leaves_the_rest_to_the_router(self) -> None:
        front, _ = self._front()
        for path, more in [
            ("/things", {"query": b"bbox=1"}),
            ("/things", {"method": "POST"}),
            ("/things/two", {}),
            ("/things/", {}),
            ("/nothing", {}),
            ("/elsewhere", {}),
        ]:
            assert _ask(front, path, **more) == [{"type": "behind"}]
