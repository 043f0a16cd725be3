"""The fetcher against a real server; what it must never let out is tested in test_secrets.py."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest

from collector.errors import FeedError
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import Deadline
from collector.transport.fetcher import Fetcher
from tests.collector.local_server import LocalServer, Request

Serve = Callable[[Callable[[Request], None]], LocalServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[LocalServer] = []

    def start(answer: Callable[[Request], None]) -> LocalServer:
        running.append(LocalServer(answer).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(AddressPolicy("127.0.0.1"), timeout=10, backoff=0.002, headers={"X-Key": "k"})
    yield fetcher
    fetcher.close()


class TestRetries:
    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
    def test_transient_answers_are_tried_three_times(self, serve: Serve, fetcher: Fetcher, status: int) -> None:
        server = serve(lambda request: request.reply(b"", status=status))

        with pytest.raises(FeedError, match=f"HTTP {status}"):
            fetcher.get(server.url, bytes, Deadline(30))
        assert len(server.asked) == 3

    @pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410])
    def test_others_are_not(self, serve: Serve, fetcher: Fetcher, status: int) -> None:
        server = serve(lambda request: request.reply(b"", status=status))

        with pytest.raises(FeedError, match=f"HTTP {status}"):
            fetcher.get(server.url, bytes, Deadline(30))
        assert len(server.asked) == 1

    def test_the_servers_own_wish_to_wait_is_heard(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(b"", status=429, Retry_After="60"))

        with pytest.raises(FeedError, match="HTTP 429"):
            fetcher.get(server.url, bytes, Deadline(30))  # a minute is more than is left: no second try
        assert len(server.asked) == 1

    def test_what_the_reader_finds_transient_is_tried_again(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(str(len(server.asked)).encode()))

        def read(body: bytes) -> int:
            if body == b"1":
                raise FeedError("early", "not yet", transient=True)
            return int(body)

        assert fetcher.get(server.url, read, Deadline(30)) == 2

    def test_no_request_begins_after_the_deadline(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(b"{}"))

        with pytest.raises(FeedError, match="no time left"):
            fetcher.get(server.url, bytes, Deadline(0))
        assert server.asked == []


class TestConnections:
    def test_a_server_that_hangs_up_is_transient(self, serve: Serve, fetcher: Fetcher) -> None:
        def hang_up(request: Request) -> None:
            request.close_connection = True

        with pytest.raises(FeedError) as caught:
            fetcher.get(serve(hang_up).url, bytes, Deadline(30))
        assert (caught.value.reason, caught.value.transient) == ("connection", True)

    def test_a_body_cut_short_is_transient(self, serve: Serve, fetcher: Fetcher) -> None:
        def cut(request: Request) -> None:
            request.send_response(200)
            request.send_header("Content-Length", "100")
            request.end_headers()
            request.wfile.write(b"short")
            request.close_connection = True

        with pytest.raises(FeedError) as caught:
            fetcher.get(serve(cut).url, bytes, Deadline(30))
        assert (caught.value.reason, caught.value.transient) == ("connection", True)

    def test_a_broken_compression_is_transient(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(b"no gzip", Content_Encoding="gzip"))

        with pytest.raises(FeedError) as caught:
            fetcher.get(server.url, bytes, Deadline(30))
        assert (caught.value.reason, caught.value.transient) == ("encoding", True)


class TestRedirects:
    def test_headers_do_not_follow_to_another_host(self, serve: Serve, fetcher: Fetcher) -> None:
        target = serve(lambda request: request.reply(b"there"))
        elsewhere = target.url.replace("127.0.0.1", "localhost")
        server = serve(lambda request: request.reply(b"", status=302, Location=f"{elsewhere}/x"))

        assert fetcher.get(server.url, bytes, Deadline(30)) == b"there"
        assert "X-Key" in server.headers[0]
        assert "X-Key" not in target.headers[0]

    def test_a_circle_is_left(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(b"", status=301, Location="/round"))

        with pytest.raises(FeedError, match="without end"):
            fetcher.get(server.url, bytes, Deadline(30))

    @pytest.mark.parametrize(
        ("location", "reason"),
        [("file:///etc/passwd", "bad_url"), ("ftp://x/y", "bad_url"), ("http://[::1", "bad_url")],
    )
    def test_only_to_http(self, serve: Serve, fetcher: Fetcher, location: str, reason: str) -> None:
        server = serve(lambda request: request.reply(b"", status=302, Location=location))

        with pytest.raises(FeedError) as caught:
            fetcher.get(server.url, bytes, Deadline(30))
        assert caught.value.reason == reason


class TestAuthentication:
    def test_user_and_password_of_the_url_become_a_header(self, serve: Serve, fetcher: Fetcher) -> None:
        server = serve(lambda request: request.reply(b"{}"))

        fetcher.get(server.url.replace("http://", "http://user:p%40ss@"), bytes, Deadline(30))

        assert server.headers[0]["Authorization"] == f"Basic {base64.b64encode(b'user:p@ss').decode()}"
