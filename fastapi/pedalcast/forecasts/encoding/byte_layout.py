"""Where each byte of every station's forecast lies: a matrix of constant JSON with gaps of fixed width for the numbers.

Row i is station i's JSON value (`width` bytes, the same for all), spaces, and what the Redis protocol wants between it
and the next value: the next key's length, the next key, the next value's length. So rows of a chunk, laid end to end,
are the arguments of one MSET, and the first `width` columns are the elements of the bulk body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from pedalcast.forecasts.encoding import fixed_width

STATION_PREFIX = "prediction:station:"
TIME_WIDTH = len("2026-11-20T10:05:00Z")
CHUNK = 16_384  # stations a MSET: bounds what Redis buffers for one command

_TIME = b"#" * TIME_WIDTH
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MsetRange:
    """Stations `start` … `stop` of one MSET: `head` opens the command, `end` is how many bytes its rows take."""

    start: int
    stop: int
    head: bytes
    end: int


@dataclass(frozen=True, slots=True)
class ByteLayout:
    """The constant bytes for N stations, and the offsets of the gaps in a row (`block_at` + those in a block)."""

    ids: tuple[str, ...]
    model: str
    minutes: tuple[int, ...]
    rows: Bytes  # [N, width + tail]
    chunks: tuple[MsetRange, ...]
    width: int
    made_at: int
    observed_at: int
    block_at: int
    block: int
    at: int
    bikes: int
    low: int
    high: int
    p_bike: int
    p_dock: int


def build_layout(ids: Sequence[str], model: str, minutes: Sequence[int]) -> ByteLayout:
    """The layout for these stations, horizons (minutes) and model. Takes milliseconds; made when one changes."""
    opening = [b'{"station_id":%s,' % orjson.dumps(name) for name in ids]
    room = max((len(text) for text in opening), default=0)
    times = b'"made_at":"%s","observed_at":"%s","model":%s,"horizons":[' % (_TIME, _TIME, orjson.dumps(model))
    blocks = [_block(m, len(str(max(minutes)))) for m in minutes]
    common = times + b",".join(blocks) + b"]}"
    values = [text.ljust(room) + common for text in opening]
    rows, chunks = _rows(ids, values, room + len(common))
    block = blocks[0] if blocks else b""
    return ByteLayout(
        ids=tuple(ids),
        model=model,
        minutes=tuple(minutes),
        rows=rows,
        chunks=chunks,
        width=room + len(common),
        made_at=room + times.index(_TIME),
        observed_at=room + times.rindex(_TIME),
        block_at=room + len(times),
        block=len(block) + 1,
        at=block.find(_TIME),
        **{name: block.find(b'"%s":' % name.encode()) + len(name) + 3 for name in _NUMBERS},
    )


_NUMBERS = {
    "bikes": fixed_width.DECIMALS_WIDTH,
    "low": fixed_width.COUNT_WIDTH,
    "high": fixed_width.COUNT_WIDTH,
    "p_bike": fixed_width.SHARE_WIDTH,
    "p_dock": fixed_width.SHARE_WIDTH,
}


def _block(minutes: int, room: int) -> bytes:
    gaps = b",".join(b'"%s":%s' % (name.encode(), b"0".rjust(width)) for name, width in _NUMBERS.items())
    return b'{"minutes":%s,"at":"%s",%s}' % (str(minutes).rjust(room).encode(), _TIME, gaps)


def _rows(ids: Sequence[str], values: list[bytes], width: int) -> tuple[Bytes, tuple[MsetRange, ...]]:
    keys = [(STATION_PREFIX + name).encode() for name in ids]
    ends = {min(start + CHUNK, len(ids)) - 1 for start in range(0, len(ids), CHUNK)}
    room = max((_between(key, width + 99) for key in keys), default=0)
    lengths, tails = [0] * len(ids), [b""] * len(ids)
    for i in range(len(ids) - 1, -1, -1):  # backwards: a row's padding hangs on the digits of the next value's length
        after = b"\r\n" if i in ends else b"\r\n" + _argument(keys[i + 1]) + b"$%d\r\n" % lengths[i + 1]
        tails[i] = after.ljust(room) if i in ends else after.rjust(room)
        lengths[i] = width if i in ends else width + room - len(after)
    joined = b"".join(part for pair in zip(values, tails, strict=True) for part in pair)
    rows = np.frombuffer(bytearray(joined), np.uint8).reshape(len(ids), width + room)
    return rows, tuple(_chunks(keys, lengths, width, room))


def _between(key: bytes, length: int) -> int:
    return len(b"\r\n" + _argument(key) + b"$%d\r\n" % length) + 1


def _argument(text: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(text), text)


def _chunks(keys: list[bytes], lengths: list[int], width: int, room: int) -> Iterator[MsetRange]:
    for start in range(0, len(keys), CHUNK):
        stop = min(start + CHUNK, len(keys))
        head = b"*%d\r\n$4\r\nMSET\r\n" % (2 * (stop - start) + 1) + _argument(keys[start])
        end = (stop - start) * (width + room) - room + 2
        yield MsetRange(start, stop, head + b"$%d\r\n" % lengths[start], end)
