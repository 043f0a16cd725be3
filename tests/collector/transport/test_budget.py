"""A call ends at its deadline and within its size, whatever the server sends."""

from __future__ import annotations

import gzip
import itertools
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from collector.errors import FeedError
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import MAX_BYTES, Deadline
from collector.transport.decoding import decoded
from collector.transport.fetcher import Fetcher
from tests.collector.local_server import LocalServer, Request
from tests.collector.transport.hostile_server import hostile_server

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "status line": lambda: (b"H" for _ in itertools.count()),
    "headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], (b"X: y\r\n" for _ in itertools.count())),
    "one header": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], (b"y" for _ in itertools.count())),
    "100 Continue": lambda: (b"HTTP/1.1 100 Continue\r\n\r\n" for _ in itertools.count()),
    "chunk extension": lambda: itertools.chain([HEAD + b"1;"], (b"x" for _ in itertools.count())),
    "chunks": lambda: itertools.chain([HEAD], (b"1\r\n{\r\n" for _ in itertools.count())),
    "trailers": lambda: itertools.chain([HEAD + b"2\r\n{}\r\n0\r\n"], (b"X: y\r\n" for _ in itertools.count())),
    "silence": lambda: iter(()),
}


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(AddressPolicy("127.0.0.1"), timeout=1.0, attempts=1)
    yield fetcher
    fetcher.close()


@pytest.mark.parametrize("name", ENDLESS)
def test_a_server_that_goes_on_is_left_at_the_deadline(fetcher: Fetcher, name: str) -> None:
    started = time.monotonic()
    with hostile_server(ENDLESS[name]()) as url, pytest.raises(FeedError) as caught:
        fetcher.get(url, bytes, Deadline(30))

    assert caught.value.reason == "timeout"
    assert time.monotonic() - started < 15  # a second, on a machine that is busy; the servers above never end


def test_a_flood_of_interim_answers_is_left_by_size(fetcher: Fetcher) -> None:
    flood = (b"HTTP/1.1 100 Continue\r\n\r\n" * 40_000 for _ in itertools.count())
    with hostile_server(flood, pause=0.0) as url, pytest.raises(FeedError) as caught:
        fetcher.get(url, bytes, Deadline(30))

    assert caught.value.reason in ("too_large", "timeout")


@pytest.mark.parametrize("codings", ["gzip", "gzip, gzip", "deflate", "gzip, gzip, gzip", "x-gzip"])
def test_a_bomb_is_put_down_before_it_grows(fetcher: Fetcher, codings: str) -> None:
    body = b" " * (MAX_BYTES * 3)
    for coding in codings.split(", "):
        body = zlib.compress(body, 9) if coding == "deflate" else gzip.compress(body, 9)
    tracemalloc.start()
    with LocalServer(lambda request: request.reply(body, Content_Encoding=codings)) as server:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        with pytest.raises(FeedError) as caught:
            fetcher.get(server.url, bytes, Deadline(30))
        grown = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()

    assert caught.value.reason in ("too_large", "encoding", "timeout")
    assert grown < MAX_BYTES


@pytest.mark.parametrize("codings", ["gzip", "deflate", "gzip, gzip", "", "identity"])
def test_an_honest_compression_is_undone(fetcher: Fetcher, codings: str) -> None:
    text = b'{"stations": ["' + b"abcdefgh" * 50_000 + b'"]}'
    body = text
    for coding in codings.split(", "):
        body = {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding, bytes)(body)
    with LocalServer(lambda request: request.reply(body, Content_Encoding=codings)) as server:
        assert fetcher.get(server.url, bytes, Deadline(30)) == text


def test_gzip_in_members_with_padding_and_bare_deflate() -> None:
    bare = zlib.compressobj(wbits=-15)
    raw = bare.compress(b"x" * 99) + bare.flush()

    assert b"".join(decoded([gzip.compress(b"a") + gzip.compress(b"b") + b"\0" * 9], ["gzip"], Deadline(9))) == b"ab"
    assert b"".join(decoded([raw], ["deflate"], Deadline(9))) == b"x" * 99


@pytest.mark.parametrize(
    ("body", "coding"), [(gzip.compress(b"abc", mtime=0)[:-4], "gzip"), (b"abc", "br"), (b"abc", "gzip")]
)
def test_what_is_cut_off_broken_or_unknown_is_said(body: bytes, coding: str) -> None:
    with pytest.raises(FeedError) as caught:
        list(decoded([body], [coding], Deadline(9)))
    assert caught.value.reason == "encoding"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("ISO-8859-1", "Ørsted café"),
        ("windows-1252", "“Quai”"),
        ("EUC-KR", "망원역 1번출구"),
        ("CP949", "뷁마을 똠방각하"),
        ("EUC-KR", "뷁마을"),
        ("utf-16", "여울역"),
        ("Shift_JIS", "渋谷駅"),
        ("utf-8", "여울역"),
    ],
)
def test_text_comes_in_its_declared_characters(fetcher: Fetcher, charset: str, text: str) -> None:
    encoding = "cp949" if charset == "EUC-KR" else charset
    body = f'{{"name": "{text}"}}'.encode(encoding)

    def answer(request: Request) -> None:
        request.reply(body, kind=f"application/json; charset={charset}")

    with LocalServer(answer) as server:
        assert fetcher.get(server.url, bytes, Deadline(30)).decode() == f'{{"name": "{text}"}}'


@pytest.mark.parametrize("charset", ["ISO-8859-1", "EUC-KR", "us-ascii", "punycode", "unicode_escape", "none", "zip"])
def test_content_that_is_utf_8_is_believed_before_the_header(fetcher: Fetcher, charset: str) -> None:
    body = '{"name": "여울역 é"}'.encode()

    def answer(request: Request) -> None:
        request.reply(body, kind=f"application/json; charset={charset}")

    with LocalServer(answer) as server:
        assert fetcher.get(server.url, bytes, Deadline(30)) == body
