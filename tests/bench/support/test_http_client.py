"""The client of the measurements, against a real server."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bench.support.http_client import Client, get, header

from tests.loopback import serving


class Handler(BaseHTTPRequestHandler):
    """Answers with a large body, or 304 to who knows it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match") == "x"
        body = b"" if known else b"y" * 200_000
        self.send_response(304 if known else 200)
        self.send_header("ETag", "x")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with serving(server):
        yield server.server_address[1]


class TestClient:
    def test_receives_whole_bodies(self, port: int) -> None:
        with Client(port, 1) as client:
            status, head, size = client.once(get("/"))
            assert (status, size, header(head, "etag")) == (200, 200_000, "x")
            assert client.body(get("/")) == b"y" * 200_000

    def test_counts_each_request(self, port: int) -> None:
        with Client(port, 2) as client:
            assert client.seconds_each(get("/"), 5) > 0
            assert client.seconds_each(get("/", If_None_Match="x"), 5, status=304) > 0
            with pytest.raises(RuntimeError, match="200"):
                client.seconds_each(get("/", If_None_Match="x"), 2)

    def test_waits_of_several_at_once(self, port: int) -> None:
        with Client(port, 4) as client:
            assert len(client.waits(get("/"), 0.0)) == 4

    @pytest.mark.parametrize("rate", [20, 100_000])
    def test_paced_asks_as_often_as_it_is_told_however_few_connections_are_free(self, port: int, rate: int) -> None:
        with Client(port, 3) as client:
            waits = client.paced(get("/"), 10 / rate, rate)
            assert len(waits) == 10
            assert min(waits) > 0
            assert client.once(get("/"))[2] == 200_000  # no answer is left over
