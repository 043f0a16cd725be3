"""The newest snapshot as bytes ready to be sent, swapped as a whole at every poll."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import orjson

from collector.snapshot import System
from collector.storage.snapshot_store import StreamEntry
from pedalcast.kit.web.cached_response import BRISK, CachedResponse

Degrees = npt.NDArray[np.float64]
# After so many stations the watcher's thread lets go of the interpreter: riders are answered meanwhile.
BLOCK, PAUSE_S = 200, 0.001
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


@dataclass(frozen=True)
class StationSnapshot:
    """All stations as one poll left them. `heads` are their JSON objects without the closing brace.

    Stations that this poll did not name keep an older `observed` (epoch seconds). `lat` and `lon` are float64[N]
    degrees, NaN where unknown.
    """

    entry_id: str
    snapshot_id: str
    system: System
    observed_at: datetime
    partial: bool
    ids: tuple[str, ...]
    heads: tuple[bytes, ...]
    observed: tuple[int, ...]
    lat: Degrees
    lon: Degrees

    @classmethod
    def of(cls, entry: StreamEntry, values: Mapping[str, bytes]) -> StationSnapshot:
        """From a stream entry and the JSON values that lie beside it in Redis. Pauses now and then: see `BLOCK`."""
        observed, lat, lon = _facts(list(values.values()))
        return cls(
            entry_id=entry.id,
            snapshot_id=entry.header.window.strftime("%Y%m%dT%H%M%SZ"),
            system=entry.header.system,
            observed_at=entry.header.observed_at,
            partial=entry.header.partial,
            ids=tuple(values),
            heads=tuple(value[:-1] for value in values.values()),
            observed=observed,
            lat=lat,
            lon=lon,
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
            tail = tails[observed] = _tail(max(epoch - observed, 0), limit)
        items.append(stations.heads[index] + tail)
    return items


def envelope(stations: StationSnapshot, items: list[bytes], at: datetime, stale_after: timedelta) -> bytes:
    """The body of a list of stations."""
    age = max(at - stations.observed_at, timedelta(0))
    head = {
        "system": stations.system,
        "snapshot_id": stations.snapshot_id,
        "observed_at": stations.observed_at,
        "as_of": at,
        "age": int(age.total_seconds()),
        "stale": age > stale_after,
        "partial": stations.partial,
        "count": len(items),
    }
    return b"".join([orjson.dumps(head, option=OPTIONS)[:-1], b',"stations":[', b",".join(items), b"]}"])


def tag_of(stations: StationSnapshot, at: datetime, stale_after: timedelta) -> str:
    """Changes with the snapshot and when stations become stale; not with every second of age."""
    limit = int(at.timestamp()) - int(stale_after.total_seconds())
    return f"{stations.snapshot_id}.{sum(observed < limit for observed in stations.observed)}"


def _tail(age: int, limit: int) -> bytes:
    return b',"age":%d,"stale":%s}' % (age, b"true" if age > limit else b"false")


def _facts(values: Sequence[bytes]) -> tuple[tuple[int, ...], Degrees, Degrees]:
    """When each was observed (epoch seconds), and where it is (degrees, NaN where unknown)."""
    observed: list[int] = []
    lat: list[float | None] = []
    lon: list[float | None] = []
    moments: dict[str, int] = {}
    for number, value in enumerate(values):
        if number % BLOCK == BLOCK - 1:
            time.sleep(PAUSE_S)
        one = orjson.loads(value)
        said = one["observed_at"]
        if said not in moments:
            moments[said] = int(datetime.fromisoformat(said).timestamp())
        observed.append(moments[said])
        lat.append(one.get("lat"))
        lon.append(one.get("lon"))
    return tuple(observed), np.array(lat, np.float64), np.array(lon, np.float64)
