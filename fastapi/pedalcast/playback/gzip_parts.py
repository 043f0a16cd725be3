"""A gzip stream put together from parts that were compressed one by one and are kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 6
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time, any system
_END = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS).flush()


@dataclass(frozen=True, slots=True)
class GzipPart:
    """Bytes as they are and as blocks of a deflate stream that end at a byte and refer to nothing before them."""

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, plain: bytes) -> GzipPart:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


def gzip_of(parts: Sequence[GzipPart]) -> bytes:
    """One gzip member of all parts in turn (RFC 1952).

    >>> import gzip
    >>> gzip.decompress(gzip_of([GzipPart.of(b"a bike, "), GzipPart.of(b"a dock")]))
    b'a bike, a dock'
    """
    check, size = 0, 0
    for part in parts:
        check, size = zlib.crc32(part.plain, check), size + len(part.plain)
    trailer = struct.pack("<II", check, size & 0xFFFFFFFF)
    return b"".join([_HEADER, *(part.deflated for part in parts), _END, trailer])
