"""Answers kept as bytes: made once a cycle, plain and compressed, and sent as they are until the next."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]
from fastapi import Response
from starlette.types import Send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Compression:
    """How hard to compress: gzip's level and brotli's quality."""

    gzip: int
    brotli: int


THOROUGH = Compression(6, 5)
BRISK = Compression(4, 2)  # half the time for a body a twentieth larger: for what soon changes again


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """One body in its encodings with its headers. `etag` is complete, quotes and all."""

    etag: bytes
    plain: bytes
    gzip: bytes | None
    brotli: bytes | None
    _headers: tuple[Headers, Headers, Headers, Headers]  # plain, gzip, brotli, 304

    @classmethod
    def of(
        cls, body: bytes, etag: str, *, compress: Compression | None = THOROUGH, media_type: str = "application/json"
    ) -> CachedResponse:
        """Keep `body` under a weak tag: encodings of one body are the same thing to a reader."""
        tag = f'W/"{etag}"'.encode()
        zipped = None if compress is None else gzip.compress(body, compress.gzip, mtime=0)
        brotlied = None if compress is None else brotli.compress(body, quality=compress.brotli)
        shared: Headers = [
            (b"etag", tag),
            (b"cache-control", b"no-cache"),
            (b"vary", b"accept-encoding"),
            (b"access-control-allow-origin", b"*"),  # what is kept is public
            (b"access-control-expose-headers", b"ETag"),
        ]
        return cls(
            tag,
            body,
            zipped,
            brotlied,
            (
                _entity(shared, body, media_type, None),
                _entity(shared, zipped or b"", media_type, b"gzip"),
                _entity(shared, brotlied or b"", media_type, b"br"),
                shared,
            ),
        )

    def choose(self, if_none_match: bytes | None, accept_encoding: bytes | None) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a request with these two headers."""
        if if_none_match is not None and matches(if_none_match, self.etag):
            return 304, self._headers[3], b""
        if accept_encoding and self.brotli is not None and accepts(accept_encoding, b"br"):
            return 200, self._headers[2], self.brotli
        if accept_encoding and self.gzip is not None and accepts(accept_encoding, b"gzip"):
            return 200, self._headers[1], self.gzip
        return 200, self._headers[0], self.plain

    def response(self, if_none_match: str | None = None, accept_encoding: str | None = None) -> Response:
        """The same as a response, for a router."""
        status, headers, body = self.choose(
            if_none_match.encode("latin-1") if if_none_match else None,
            accept_encoding.encode("latin-1") if accept_encoding else None,
        )
        response = Response(body, status)
        response.raw_headers = list(headers)
        return response


async def send_cached(answer: tuple[int, Headers, bytes], send: Send, *, head: bool = False) -> None:
    """Send what `CachedResponse.choose` chose, without its body for a HEAD request."""
    status, headers, body = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether an `If-None-Match` header names `etag`, compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match == etag:
        return True
    wanted = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (wanted, b"*") for tag in if_none_match.split(b","))


def accepts(accept_encoding: bytes, coding: bytes) -> bool:
    """Whether an `Accept-Encoding` header admits `coding`: named, and not with a weight of zero."""
    if coding not in accept_encoding:
        return False
    for item in accept_encoding.split(b","):
        name, _, weight = item.partition(b";")
        if name.strip() == coding:
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _entity(shared: Headers, body: bytes, media_type: str, coding: bytes | None) -> Headers:
    headers = [*shared, (b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    return headers if coding is None else [*headers, (b"content-encoding", coding)]
