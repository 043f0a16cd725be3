"""A real HTTP server on a free loopback port, for feeds to be fetched from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news: tests read what the program under test prints."""


class LocalServer:
    """Answers GET requests by `answer(handler)` in threads of its own; `asked` lists the paths, `headers` theirs."""

    def __init__(self, answer: Callable[[Request], None]) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()
        handler = type("Handler", (Request,), {"server_side": self, "answer": staticmethod(answer)})
        self._server = _Http(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> LocalServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Request(BaseHTTPRequestHandler):
    """One request; `reply`, `stall` and `drip` are the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server_side: LocalServer
    answer: Callable[[Request], None]

    def do_GET(self) -> None:
        self.server_side.asked.append(self.path)
        self.server_side.headers.append(dict(self.headers.items()))
        self.answer(self)

    def reply(self, body: bytes, *, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def stall(self) -> None:
        """Never answer."""
        self.server_side.stopping.wait(30)
        self.close_connection = True

    def drip(self, body: bytes) -> None:
        """Send the body a byte at a time, each soon enough to keep a read alive."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for i in range(len(body)):
            if self.server_side.stopping.wait(0.02):
                break
            try:
                self.wfile.write(body[i : i + 1])
            except OSError:
                break  # the client has had enough
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Stay silent."""
