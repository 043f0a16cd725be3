"""Playback from the polls in memory; each finished hour is made once and kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

import numpy as np
import numpy.typing as npt
import orjson

from collector.clocks import Clock
from pedalcast.forecasts.archive.past_forecasts import PastForecasts
from pedalcast.kit.errors import UnavailableError
from pedalcast.kit.web.bounded_work import BoundedWork
from pedalcast.playback.gzip_parts import GzipPart, gzip_of
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import StationSnapshot

HOUR = 3600
KEPT_HOURS = 130  # a day of hours for each of the five bodies that there are
KEPT_BODIES = 8


@dataclass(frozen=True, slots=True)
class PlaybackBody:
    """A body, plain and as gzip, and its tag."""

    plain: bytes
    gzip: bytes
    etag: str


class PlaybackService:
    """Makes bodies; slow, for threads. An hour is made again when its polls or the city's stations have changed."""

    def __init__(self, stations: StationService, archive: PastForecasts, clock: Clock) -> None:
        self._stations = stations
        self._archive = archive
        self._clock = clock
        self._hours: OrderedDict[tuple[object, ...], GzipPart] = OrderedDict()
        self._bodies: OrderedDict[str, PlaybackBody] = OrderedDict()
        self._making = Lock()
        self.work = BoundedWork(at_once=2, waiting=50)

    def ready(self, hours: int, forecast: int | None) -> PlaybackBody | None:
        """The body of the newest poll where it has been made."""
        snapshot = self._stations.stations
        return None if snapshot is None else self._bodies.get(_tag(snapshot, hours, forecast))

    def body(self, hours: int, forecast: int | None) -> PlaybackBody:
        """The body of the newest poll. Raises `UnavailableError` before the first poll."""
        with self._making:
            snapshot = self._stations.stations
            if snapshot is None:
                raise UnavailableError("There has been no poll yet.", "no_snapshot", retry_after=30)
            tag = _tag(snapshot, hours, forecast)
            body = self._bodies.get(tag)
            if body is None:
                body = self._bodies[tag] = self._make(snapshot, tag, hours, forecast)
                _forget(self._bodies, KEPT_BODIES)
            return body

    def _make(self, snapshot: StationSnapshot, tag: str, hours: int, forecast: int | None) -> PlaybackBody:
        now = int(self._clock.now().timestamp())
        starts = range((now - hours * HOUR) // HOUR * HOUR, now + 1, HOUR)
        made = [part for start in starts if (part := self._hour(snapshot, start, forecast)) is not None]
        head = {
            "snapshot_id": snapshot.snapshot_id,
            "timezone": snapshot.system.timezone,
            "forecast": forecast,
            "ids": snapshot.ids,
        }
        comma = GzipPart.of(b",")
        between = [part for hour in made for part in (comma, hour)][1:]
        parts = [GzipPart.of(orjson.dumps(head)[:-1] + b',"hours":['), *between, GzipPart.of(b"]}")]
        return PlaybackBody(b"".join(part.plain for part in parts), gzip_of(parts), tag)

    def _hour(self, snapshot: StationSnapshot, start: int, forecast: int | None) -> GzipPart | None:
        """The hour's object; None without a poll in it."""
        times = self._stations.recent.times(start, start + HOUR)
        if not len(times):
            return None
        key = (start, forecast, hash(snapshot.ids), times.tobytes())
        part = self._hours.get(key)
        if part is None:
            part = self._hours[key] = GzipPart.of(self._hour_body(snapshot, start, times, forecast))
            _forget(self._hours, KEPT_HOURS)
        return part

    def _hour_body(
        self, snapshot: StationSnapshot, start: int, times: npt.NDArray[np.int64], forecast: int | None
    ) -> bytes:
        bikes, docks = self._stations.recent.counts(snapshot.ids, start, start + HOUR)
        columns = {
            "from": datetime.fromtimestamp(start, UTC),
            "times": times,
            "bikes": np.ascontiguousarray(bikes),
            "docks": np.ascontiguousarray(docks),
        }
        if forecast is not None:
            columns["p_bike"], columns["p_dock"] = self._archive.chances(snapshot.ids, times, forecast)
        return orjson.dumps(columns, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z)


def _tag(snapshot: StationSnapshot, hours: int, forecast: int | None) -> str:
    return f"{snapshot.snapshot_id}.{hours}.{forecast or 0}"


def _forget(kept: OrderedDict[tuple[object, ...], GzipPart] | OrderedDict[str, PlaybackBody], most: int) -> None:
    """Drop the oldest beyond so many."""
    while len(kept) > most:
        kept.popitem(last=False)
