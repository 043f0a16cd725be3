"""One poll as one entry of the stream: its key, its id, and its value, a line of JSON and little-endian columns.

Layout: the JSON header padded with spaces so that it and its newline fill a multiple of eight bytes; then the columns
of `COLUMNS` in that order, each of n items; then the station ids as a JSON array. The value needs nothing beside it.
"""

from __future__ import annotations

import logging
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

import orjson

from collector.snapshot import Snapshot, Station, System, snapshot_id

STREAM = "stream:snapshots"
STREAM_FIELD = b"s"
VERSION = 1
UNKNOWN = -1
INSTALLED, RENTING, RETURNING = 1, 2, 4
COLUMNS = {  # name -> numpy dtype, widest first so that every column stays aligned
    "reported_at": "<i8",  # epoch seconds, -1 unknown
    "bikes": "<i2",
    "docks": "<i2",  # -1 unknown, 9999 any number of bikes fits
    "ebikes": "<i2",  # -1 unknown
    "capacity": "<i2",  # -1 unknown
    "flags": "|u1",  # 1 installed, 2 renting, 4 returning
}
_log = logging.getLogger(__name__)
_TYPECODES = {"<i8": "q", "<i2": "h", "|u1": "B"}


class StreamEntryError(ValueError):
    """A value that is not one of ours, or is cut off."""


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """What an entry says of the whole poll; `n` is its number of stations, times are aware UTC."""

    system: System
    window: datetime
    observed_at: datetime
    partial: bool
    frozen: bool
    n: int
    rejected: dict[str, int] = field(default_factory=dict)

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot that the entry holds."""
        return snapshot_id(self.window)


@dataclass(frozen=True)
class StreamEntry:
    """One poll read back. Columns are views into the value: nothing is copied until somebody asks."""

    id: str
    header: EntryHeader
    ids_raw: bytes  # JSON array; equal bytes mean the same stations in the same order
    data: memoryview

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The stations' ids, in the columns' order."""
        return tuple(orjson.loads(self.ids_raw))

    def column(self, name: str) -> memoryview:
        """The raw bytes of a column, for `np.frombuffer(view, COLUMNS[name])`."""
        start = 0
        for column, dtype in COLUMNS.items():
            size = int(dtype[-1]) * self.header.n
            if column == name:
                return self.data[start : start + size]
            start += size
        raise KeyError(name)

    def values(self, name: str) -> list[int]:
        """A column as Python integers, for callers without numpy."""
        return _native(array(_TYPECODES[COLUMNS[name]], self.column(name).tobytes())).tolist()


def encode_entry(snapshot: Snapshot) -> bytes:
    """The snapshot as one value. Counts outside int16 are held at its edge."""
    stations = snapshot.stations
    head = orjson.dumps(
        {
            "v": VERSION,
            "system": [snapshot.system.id, snapshot.system.name, snapshot.system.timezone, snapshot.system.language],
            "window": int(snapshot.window.timestamp()),
            "observed_at": int(snapshot.observed_at.timestamp()),
            "partial": snapshot.partial,
            "frozen": snapshot.frozen,
            "n": len(stations),
            "rejected": snapshot.rejected,
        }
    )
    padding = b" " * (-(len(head) + 1) % 8) + b"\n"
    return b"".join([head, padding, *_columns(stations), orjson.dumps([s.id for s in stations])])


def content_hash(snapshot: Snapshot) -> str:
    """A hash of the stations' counts and flags, whatever the time of the poll and the order of the stations.

    When a station last reported is no part of it: many feeds put the present there whatever happens.
    """
    digest = sha256(snapshot.system.id.encode())
    stations = tuple(sorted(snapshot.stations, key=lambda station: station.id))
    for part in (*_columns(stations)[1:], orjson.dumps([s.id for s in stations])):
        digest.update(part)
    return digest.hexdigest()[:16]


def decode_entry(entry_id: str, value: bytes) -> StreamEntry:
    """Read a value back. `StreamEntryError` when it is not whole or not of this version."""
    line, newline, _ = value.partition(b"\n")
    if not newline:
        raise StreamEntryError(f"stream entry {entry_id} has no header line")
    header = _header(entry_id, line)
    body = memoryview(value)[len(line) + 1 :]
    size = sum(int(dtype[-1]) for dtype in COLUMNS.values()) * header.n
    if header.n < 0 or len(body) < size + 2 or not value.endswith(b"]"):
        raise StreamEntryError(f"stream entry {entry_id} is cut off: {len(body)} of {size} bytes")
    return StreamEntry(entry_id, header, body[size:].tobytes(), body[:size])


def stream_id(window: datetime) -> str:
    """The stream entry's id of a poll window: its epoch milliseconds."""
    return f"{int(window.timestamp()) * 1000}-0"


def window_of_entry(entry_id: bytes | str) -> datetime:
    """The poll window that an entry's id stands for."""
    return datetime.fromtimestamp(int(_text(entry_id).split("-")[0]) / 1000, UTC)


def read_row(entry_id: bytes | str, fields: Any) -> StreamEntry | None:
    """The entry in one row of the stream as redis-py returns it; None, and a warning, when it cannot be read.

    Entries trimmed since (`fields` is empty) are None without a warning.
    """
    if not fields:
        return None
    try:
        return decode_entry(_text(entry_id), fields.get(STREAM_FIELD, b""))
    except StreamEntryError as error:
        _log.warning("stream entry unreadable, skipped: %s", error)
        return None


def read_rows(rows: Iterable[Any]) -> Iterator[StreamEntry]:
    """The readable entries among rows `(id, fields)` of the stream, in their order."""
    for entry_id, fields in rows:
        entry = read_row(entry_id, fields)
        if entry is not None:
            yield entry


def rows_of_answer(answer: Any) -> list[Any]:
    """The rows in an answer to XREAD or XREADGROUP on one stream: a list in RESP2, a map in RESP3."""
    if not answer:
        return []
    if isinstance(answer, dict):
        return [row for rows in answer.values() for row in (rows[0] if rows and isinstance(rows[0], list) else rows)]
    return list(answer[0][1])


def _text(identifier: bytes | str) -> str:
    return identifier.decode() if isinstance(identifier, bytes) else identifier


def _header(entry_id: str, line: bytes) -> EntryHeader:
    try:
        raw: dict[str, Any] = orjson.loads(line)
        version = raw["v"]
        header = EntryHeader(
            system=System(*raw["system"]),
            window=datetime.fromtimestamp(raw["window"], UTC),
            observed_at=datetime.fromtimestamp(raw["observed_at"], UTC),
            partial=raw["partial"],
            frozen=raw["frozen"],
            n=int(raw["n"]),
            rejected=raw["rejected"],
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise StreamEntryError(f"stream entry {entry_id} has an unreadable header: {error!r}") from error
    if version != VERSION:
        raise StreamEntryError(f"stream entry {entry_id} has version {version}, this code reads {VERSION}")
    return header


def _columns(stations: tuple[Station, ...]) -> list[bytes]:
    return [
        _pack("q", (_epoch(s.reported_at) for s in stations)),
        _pack("h", (_int16(s.bikes) for s in stations)),
        _pack("h", (_int16(s.docks) for s in stations)),
        _pack("h", (_int16(s.ebikes) for s in stations)),
        _pack("h", (_int16(s.capacity) for s in stations)),
        _pack("B", (_flags(s) for s in stations)),
    ]


def _pack(typecode: str, values: Iterable[int]) -> bytes:
    return _native(array(typecode, values)).tobytes()


def _native(items: array[int]) -> array[int]:
    """Little-endian items to this machine's order, and back."""
    if sys.byteorder == "big":
        items.byteswap()
    return items


def _epoch(at: datetime | None) -> int:
    return UNKNOWN if at is None else int(at.timestamp())


def _int16(value: int | None) -> int:
    return UNKNOWN if value is None else max(-32768, min(32767, value))


def _flags(station: Station) -> int:
    return station.installed * INSTALLED | station.renting * RENTING | station.returning * RETURNING
