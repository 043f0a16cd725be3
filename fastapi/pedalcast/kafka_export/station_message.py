"""A station at one poll as a message of the topic: key, value and headers. Written and read here only.

A change that a reader of version 1 would misunderstand takes a new `VERSION`; new fields do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from collector.storage.station_value import JSON_OPTIONS
from collector.storage.stream_entry import INSTALLED, RENTING, RETURNING, UNKNOWN, StreamEntry

SCHEMA, VERSION = "pedalcast.station", 1
HEADERS: list[tuple[str, str | bytes | None]] = [("schema", SCHEMA.encode()), ("version", str(VERSION).encode())]


@dataclass(frozen=True, slots=True)
class StationMessage:
    """`key` is the station's id, so that one partition has all of a station in order; `value` is JSON."""

    key: bytes
    value: bytes


def station_messages(entry: StreamEntry) -> Iterator[StationMessage]:
    """The messages of a poll, one a station.

    Fields: `v`, `system`, `station_id`, `observed_at` and `window` (RFC 3339, UTC), `bikes`, and, null where unknown,
    `docks` (9999: any number fits), `ebikes`, `capacity`, `reported_at`; `installed`, `renting`, `returning`.
    """
    header = entry.header
    shared = {
        "v": VERSION, "system": header.system.id, "observed_at": header.observed_at, "window": header.window,
    }  # fmt: skip
    names = ("bikes", "docks", "ebikes", "capacity", "reported_at", "flags")
    columns = [entry.values(name) for name in names]
    for station_id, bikes, docks, ebikes, capacity, reported, flags in zip(entry.ids, *columns, strict=True):
        value = {
            **shared,
            "station_id": station_id,
            "bikes": bikes,
            "docks": _known(docks),
            "ebikes": _known(ebikes),
            "capacity": _known(capacity),
            "reported_at": None if reported == UNKNOWN else datetime.fromtimestamp(reported, UTC),
            "installed": bool(flags & INSTALLED),
            "renting": bool(flags & RENTING),
            "returning": bool(flags & RETURNING),
        }
        yield StationMessage(station_id.encode(), orjson.dumps(value, option=JSON_OPTIONS))


def _known(count: int) -> int | None:
    return None if count == UNKNOWN else count
