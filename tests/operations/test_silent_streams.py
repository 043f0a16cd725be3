"""A stream that is silent for a minute and a half, through nginx with compression on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from bench.support.servers import free_port

from tests.infra.nginx_server import nginx, upstream_servers
from tests.loopback import serving

SILENCE_S = 91.0


class SilentStream(BaseHTTPRequestHandler):
    """Sends an event at once and the next after the silence, as the service's streams are sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in {
            "Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Transfer-Encoding": "chunked",
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        for text in (b"data: first\n\n", b"data: second\n\n", b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
            self.wfile.flush()
            if b"first" in text:
                time.sleep(SILENCE_S)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SilentStream)
    with serving(server):
        page = folder / "page"
        page.mkdir()
        (page / "index.html").write_text("<!doctype html>")
        settings = {"UPSTREAM_SERVERS": upstream_servers(server.server_address[1]), "PAGE_DIR": str(page)}
        settings["HTTP_PORT"] = str(free_port())
        templates = ("templates/shared.conf.template", "templates/http.conf.template")
        with nginx(folder / "proxy", *templates, settings=settings) as url:
            yield url


def test_goes_on_when_something_happens_again(proxy: str) -> None:
    arrived: dict[str, float] = {}
    with httpx.stream("GET", f"{proxy}/api/v1/events", headers={"Accept-Encoding": "gzip"}, timeout=300) as answer:
        assert "content-encoding" not in answer.headers
        for line in answer.iter_lines():
            if line:
                arrived[line.removeprefix("data: ")] = time.monotonic()
    assert arrived["second"] - arrived["first"] > SILENCE_S - 1
