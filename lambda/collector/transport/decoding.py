"""Undoing an answer's compression, a piece at a time and never beyond a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from collector.errors import FeedError
from collector.transport.deadline import MAX_BYTES, Deadline

ACCEPTED = "gzip, deflate"
_LAYERS = 2  # compressed twice is a server's mistake; more is nobody's
_PIECE = 64 * 1024
_FREE, _RATIO = 1024 * 1024, 250  # from a megabyte on, text does not become smaller than a 250th of itself
_GZIP = 16 + zlib.MAX_WBITS


def decoded(pieces: Iterable[bytes], codings: Iterable[str], deadline: Deadline) -> Iterator[bytes]:
    """The pieces of a body without its codings (the values of Content-Encoding, in the order they were applied).

    `FeedError`: "encoding" for a coding that was not asked for or broken data, "too_large" for what grows beyond
    `MAX_BYTES` or faster than text can, "timeout" at the deadline.
    """
    layers = [coding for coding in (coding.strip().lower() for coding in codings) if coding not in ("", "identity")]
    if len(layers) > _LAYERS:
        raise FeedError("encoding", f"the answer is compressed {len(layers)} times")
    for coding in reversed(layers):
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise FeedError("encoding", "the answer has a compression that was not asked for")
        pieces = _inflated(pieces, zlib.MAX_WBITS if coding == "deflate" else _GZIP, deadline)
    return iter(pieces)


def _inflated(pieces: Iterable[bytes], window_bits: int, deadline: Deadline) -> Iterator[bytes]:
    inflation = _Inflation(window_bits, deadline)
    for piece in pieces:
        yield from inflation.feed(piece)
    yield from inflation.end()


class _Inflation:
    """One layer of compression under way. A gzip file may have several members; what follows the last is ignored."""

    def __init__(self, window_bits: int, deadline: Deadline) -> None:
        self._window_bits = window_bits
        self._deadline = deadline
        self._read = self._written = 0
        self._inflater: Any = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece becomes."""
        self._read += len(piece)
        undecoded = piece
        while undecoded and not (
            self._inflater is not None and self._inflater.eof and not self._another_member(undecoded)
        ):
            if self._inflater is None or self._inflater.eof:
                self._inflater = zlib.decompressobj(_window_bits(undecoded, self._window_bits))
            yield from self._inflate(undecoded)
            undecoded = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def end(self) -> Iterator[bytes]:
        """What was still held back."""
        if self._inflater is None:
            return
        while not self._inflater.eof:
            before = self._written
            yield from self._inflate(b"")
            if self._written == before and not self._inflater.eof:
                raise FeedError("encoding", "the answer's compression is cut off", transient=True)

    def _another_member(self, undecoded: bytes) -> bool:
        return self._window_bits == _GZIP and undecoded.startswith(b"\x1f\x8b")

    def _inflate(self, compressed: bytes) -> Iterator[bytes]:
        try:
            text: bytes = self._inflater.decompress(compressed, _PIECE)
        except zlib.error:
            raise FeedError("encoding", "the answer's compression is broken", transient=True) from None
        self._written += len(text)
        if self._written > MAX_BYTES or (self._written > _FREE and self._written > self._read * _RATIO):
            raise FeedError("too_large", f"the answer grew to {self._written} bytes out of {self._read}")
        if self._deadline.left <= 0:
            raise FeedError("timeout", "the answer could not be read in time", transient=True)
        if text:
            yield text


def _window_bits(first: bytes, window_bits: int) -> int:
    """`deflate` means zlib's format, but some servers send it without zlib's header."""
    if window_bits != zlib.MAX_WBITS:
        return window_bits
    headed = first[0] & 0x0F == 8 and (len(first) < 2 or (first[0] * 256 + first[1]) % 31 == 0)
    return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
