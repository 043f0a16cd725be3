"""The newest snapshot as bytes ready to be sent, swapped as a whole at every poll."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

import numpy as np
import orjson

from collector.snapshot import POLL_SECONDS, System
from collector.storage.snapshot_store import StreamEntry
from collector.storage.station_value import JSON_OPTIONS, StationValue, read_stations
from forecaster.arrays import Doubles
from pedalcast.kit.web.cached_response import BRISK, CachedResponse

# After so many stations the watcher's thread lets go of the interpreter: riders are answered meanwhile.
BLOCK, PAUSE_S = 200, 0.001


@dataclass(frozen=True)
class StationSnapshot:
    """All stations as one poll left them. `heads` are their JSON objects without the closing brace.

    Stations that this poll did not name keep an older `observed` (epoch seconds). `lat` and `lon` are float64[N]
    degrees, NaN where unknown.
    """

    entry_id: str
    snapshot_id: str
    window: datetime
    system: System
    observed_at: datetime
    partial: bool
    ids: tuple[str, ...]
    heads: tuple[bytes, ...]
    observed: tuple[int, ...]
    lat: Doubles
    lon: Doubles

    @classmethod
    def of(cls, entry: StreamEntry, values: Mapping[str, bytes]) -> StationSnapshot:
        """From a stream entry and the stations' JSON values beside it in Redis, without those that cannot be read.

        Pauses now and then: see `BLOCK`.
        """
        readable = _readable(values)
        return cls(
            entry_id=entry.id,
            snapshot_id=entry.header.snapshot_id,
            window=entry.header.window,
            system=entry.header.system,
            observed_at=entry.header.observed_at,
            partial=entry.header.partial,
            ids=tuple(readable),
            heads=tuple(values[station_id].rstrip()[:-1] for station_id in readable),
            observed=tuple(int(station.observed_at.timestamp()) for station in readable.values()),
            lat=np.array([station.lat for station in readable.values()], np.float64),
            lon=np.array([station.lon for station in readable.values()], np.float64),
        )

    @cached_property
    def position(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.ids)}


@dataclass(frozen=True)
class RenderedSnapshot:
    """`stations` as they look at one moment: with ages, and with the whole body kept."""

    stations: StationSnapshot
    at: datetime
    stale_after: timedelta
    body: CachedResponse

    @classmethod
    def of(cls, stations: StationSnapshot, at: datetime, stale_after: timedelta) -> RenderedSnapshot:
        items = render(stations, range(len(stations.ids)), at, stale_after)
        tag = tag_of(stations, at, stale_after)
        body = envelope(stations, items, at, stale_after)
        return cls(stations, at, stale_after, CachedResponse.of(body, tag, compress=BRISK))


def render(stations: StationSnapshot, which: Iterable[int], at: datetime, stale_after: timedelta) -> list[bytes]:
    """The JSON objects of these stations, with their age in seconds at `at` and whether that is stale."""
    epoch, limit = int(at.timestamp()), int(stale_after.total_seconds())
    tails: dict[int, bytes] = {}
    items = []
    for index in which:
        observed = stations.observed[index]
        tail = tails.get(observed)
        if tail is None:
            tail = tails[observed] = _tail(epoch - observed, limit)
        items.append(stations.heads[index] + tail)
    return items


def envelope(stations: StationSnapshot, items: list[bytes], at: datetime, stale_after: timedelta) -> bytes:
    """The body of a list of stations."""
    age = at - stations.observed_at
    head = {
        "system": stations.system,
        "snapshot_id": stations.snapshot_id,
        "observed_at": stations.observed_at,
        "as_of": at,
        "age": int(age.total_seconds()),
        "stale": is_stale(age.total_seconds(), stale_after.total_seconds()),
        "partial": stations.partial,
        "count": len(items),
    }
    return b"".join([orjson.dumps(head, option=JSON_OPTIONS)[:-1], b',"stations":[', b",".join(items), b"]}"])


def tag_of(stations: StationSnapshot, at: datetime, stale_after: timedelta) -> str:
    """Changes with the snapshot and when stations become stale; not with every second of age."""
    epoch, limit = int(at.timestamp()), int(stale_after.total_seconds())
    return f"{stations.snapshot_id}.{sum(is_stale(epoch - observed, limit) for observed in stations.observed)}"


def is_stale(age_s: float, limit_s: float) -> bool:
    """Whether counts of this age are not to be trusted: too old, or more than one poll in the future."""
    return age_s > limit_s or age_s < -POLL_SECONDS


def _tail(age: int, limit: int) -> bytes:
    return b',"age":%d,"stale":%s}' % (age, b"true" if is_stale(age, limit) else b"false")


def _readable(values: Mapping[str, bytes]) -> dict[str, StationValue]:
    """The stations whose values can be read, by id."""
    readable: dict[str, StationValue] = {}
    items = iter(values.items())
    while block := dict(islice(items, BLOCK)):
        if readable:
            time.sleep(PAUSE_S)
        readable |= read_stations(block)
    return readable
