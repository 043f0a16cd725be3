"""A file as it is sent: read and compressed when it is first asked for, then kept."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cached_property

import brotli  # type: ignore[import-untyped]

from pedalcast.kit.web.cached_response import Headers, accepts, matches

FOR_GOOD = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
COMPRESS_ABOVE = 512  # bytes
_PACKED = ("font/", "image/png", "image/jpeg", "image/webp", "video/")  # compressed already

FileAnswer = tuple[int, Headers, bytes]


class PageFile:
    """One file of the page. `read` gives its bytes; `cache` is its Cache-Control."""

    def __init__(self, read: Callable[[], bytes], media_type: str, cache: bytes, headers: Headers) -> None:
        self._read = read
        self._media_type = media_type
        self._cache = cache
        self._headers = headers
        self.ready = False  # whether `load` has read and compressed it

    def load(self) -> None:
        """Read the file and make its compressed forms; takes some ten milliseconds a megabyte. Raises `OSError`."""
        _ = self._gzip, self._brotli, self._etag
        self.ready = True

    def choose(self, if_none_match: bytes | None, accept_encoding: bytes | None) -> FileAnswer:
        """Status, headers and body for a request with these two headers."""
        shared = [(b"etag", self._etag), (b"cache-control", self._cache), (b"vary", b"accept-encoding"), *self._headers]
        if if_none_match is not None and matches(if_none_match, self._etag):
            return 304, shared, b""
        coding, body = self._encoded(accept_encoding or b"")
        entity = [(b"content-type", self._media_type.encode()), (b"content-length", str(len(body)).encode())]
        return 200, [*shared, *entity, *([(b"content-encoding", coding)] if coding else [])], body

    def _encoded(self, accept_encoding: bytes) -> tuple[bytes | None, bytes]:
        if self._brotli is not None and accepts(accept_encoding, b"br"):
            return b"br", self._brotli
        if self._gzip is not None and accepts(accept_encoding, b"gzip"):
            return b"gzip", self._gzip
        return None, self._plain

    @cached_property
    def _plain(self) -> bytes:
        return self._read()

    @cached_property
    def _etag(self) -> bytes:
        return b'W/"%s"' % hashlib.sha256(self._plain).hexdigest()[:20].encode()

    @cached_property
    def _gzip(self) -> bytes | None:
        return gzip.compress(self._plain, 6, mtime=0) if self._worth_compressing else None

    @cached_property
    def _brotli(self) -> bytes | None:
        return bytes(brotli.compress(self._plain, quality=5)) if self._worth_compressing else None

    @property
    def _worth_compressing(self) -> bool:
        return len(self._plain) >= COMPRESS_ABOVE and not self._media_type.startswith(_PACKED)
