"""Bodies that are too large, too slow or cut short, over a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from pedalcast.kit import errors
from pedalcast.kit.web.bounded_protocol import BoundedHttpProtocol
from pedalcast.kit.web.request_context import RequestContext
from pedalcast.kit.web.request_limits import BodyLimits, RequestLimits

SMALL, LARGE = 1000, 100_000
UNREAD = 40_000_000  # bytes: more than the sockets hold


def tiny_app() -> FastAPI:
    app = FastAPI()
    errors.install(app)
    app.state.read = 0

    @app.post("/small")
    async def small(request: Request) -> int:
        app.state.read += 1
        return len(await request.body())

    @app.post("/model")
    async def model(body: list[int]) -> int:
        return len(body)

    @app.post("/upload")
    async def upload(request: Request) -> int:
        size = 0
        async for piece in request.stream():
            size += len(piece)
        return size

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * UNREAD)

    @app.get("/slow")
    async def slow() -> StreamingResponse:
        async def lines() -> Iterator[str]:  # type: ignore[misc]
            import asyncio

            for number in range(1000):
                await asyncio.sleep(0.02)
                yield f"{number}\n"

        return StreamingResponse(lines())

    app.add_middleware(RequestLimits, limits=BodyLimits(small=SMALL, seconds=0.5, streamed={"/upload": LARGE}))
    app.add_middleware(RequestContext)
    return app


@contextmanager
def served(app: FastAPI, protocol: type[BoundedHttpProtocol]) -> Iterator[int]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(2048)
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, ws="none", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield sock.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    class Quick(BoundedHttpProtocol):
        waiting: ClassVar[dict[BoundedHttpProtocol, None]] = {}
        most_connections = 20
        head_seconds = 1.0
        unread_seconds = 1.0

    with served(tiny_app(), Quick) as number:
        yield number


def post(port: int, path: str, **kwargs: object) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}{path}", timeout=30, **kwargs)  # type: ignore[arg-type]


def raw(port: int, request: bytes, *, wait: float = 30.0) -> bytes:
    """What the server answers until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(wait)
        client.sendall(request)
        parts = []
        while part := client.recv(65536):
            parts.append(part)
        return b"".join(parts)


class TestBodies:
    def test_within_the_limit(self, port: int) -> None:
        assert post(port, "/small", content=b"x" * SMALL).json() == SMALL

    @pytest.mark.parametrize("path", ["/small", "/model"])
    def test_declared_too_large_is_refused_unread(self, port: int, path: str) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {SMALL + 1}\r\n\r\n".encode()
        answer = raw(port, head)  # not a byte of the body was sent
        assert b"413" in answer.split(b"\r\n")[0]
        assert b'"error":"too_large"' in answer

    @pytest.mark.parametrize(("path", "limit"), [("/small", SMALL), ("/model", SMALL), ("/upload", LARGE)])
    def test_too_large_in_pieces_without_a_length(self, port: int, path: str, limit: int) -> None:
        response = post(port, path, content=(b"1" * 100 for _ in range(limit // 100 + 1)))
        assert (response.status_code, response.json()["error"]) == (413, "too_large")

    def test_an_upload_may_be_larger(self, port: int) -> None:
        assert post(port, "/upload", content=b"x" * LARGE).json() == LARGE

    @pytest.mark.parametrize("path", ["/small", "/model"])
    def test_too_slow(self, port: int, path: str) -> None:
        answer = raw(port, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123".encode())
        assert b"408" in answer.split(b"\r\n")[0]

    def test_cut_short_is_a_quiet_499(self, port: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        for path in ("/small", "/model", "/upload"):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123".encode())
                time.sleep(0.1)
        assert httpx.get(f"http://127.0.0.1:{port}/health", timeout=30).status_code == 200
        assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]

    def test_a_stream_cut_by_its_reader_is_quiet(self, port: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(100)
        time.sleep(0.2)
        assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


class TestAnswers:
    def test_one_that_nobody_reads_is_given_up(self) -> None:
        let_go = threading.Event()

        class Impatient(BoundedHttpProtocol):
            unread_seconds = 0.5

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                let_go.set()

        with (
            served(tiny_app(), Impatient) as port,
            socket.create_connection(("127.0.0.1", port)) as client,
        ):
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            assert let_go.wait(60), "the server still waits for its reader"

    def test_one_that_is_read_slowly_arrives(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(30)
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            size, pauses = 0, 0
            while part := client.recv(8_000_000):
                size += len(part)
                if size > 4_000_000 * pauses and pauses < 10:
                    pauses += 1
                    time.sleep(0.3)
            assert size > UNREAD


class TestHeads:
    def test_too_large(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(30)
            client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
            sent = 0
            try:
                for _ in range(1000):
                    client.sendall(b"X-Long: " + b"y" * 10_000 + b"\r\n")
                    sent += 10_000
            except OSError:
                pass
            assert sent < 10_000_000, "the server read ten megabytes of header"

    def test_never_ending(self, port: int) -> None:
        assert b"408" in raw(port, b"GET /health HTTP/1.1\r\nHost: x\r\n")

    def test_a_body_of_the_size_of_a_large_head_is_no_head(self, port: int) -> None:
        response = post(port, "/upload", content=b"x" * LARGE)
        assert response.status_code == 200

    def test_half_sent_requests_do_not_shut_others_out(self, port: int) -> None:
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        try:
            for client in clients:
                try:
                    client.sendall(b"GET /health HTTP/1.1\r\n")
                except OSError:
                    continue  # closed already to make room
            assert httpx.get(f"http://127.0.0.1:{port}/health", timeout=30).status_code == 200
        finally:
            for client in clients:
                client.close()
