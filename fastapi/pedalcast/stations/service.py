"""What is known of stations, kept in the process and swapped at every poll."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import orjson

from collector.clocks import Clock
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore, StreamEntry
from collector.storage.station_value import JSON_OPTIONS
from forecaster.history.past_reader import PastPoll, PastReader
from pedalcast.kit.errors import NotFoundError, UnavailableError
from pedalcast.kit.web.bounded_work import BoundedWork
from pedalcast.kit.web.cached_response import CachedResponse
from pedalcast.stations.geo import BoundingBox, NearestStations
from pedalcast.stations.recent_polls import RecentPolls
from pedalcast.stations.station_snapshot import RenderedSnapshot, StationSnapshot, envelope, is_stale, render, tag_of


class StationService:
    """Answers about stations. Written by the watcher's thread, read from any; readers never wait for Redis."""

    def __init__(
        self, *, store: SnapshotStore, history: PastReader, clock: Clock, stale_after: timedelta, recent: RecentPolls
    ):
        self.store = store
        self.history = history
        self.clock = clock
        self.stale_after = stale_after
        self.recent = recent
        self.past_work = BoundedWork(at_once=2, waiting=30)
        self._rendered: RenderedSnapshot | None = None

    # Written by the watcher

    def load(self) -> str:
        """Read everything Redis has; the id of the newest entry, `0` when there is none."""
        last = "0"
        for entry in self.store.entries():
            self.recent.add(entry)
            last = entry.id
        self.show(self.store.latest())
        return last

    def show(self, entry: StreamEntry | None) -> None:
        """Make `entry`, with the values beside it in Redis, what is answered from now on."""
        if entry is not None:
            self._render(StationSnapshot.of(entry, self.store.stations()))

    def refresh(self) -> None:
        """Bring the ages in the kept body up to date."""
        if self._rendered is not None:
            self._render(self._rendered.stations)

    def _render(self, stations: StationSnapshot) -> None:
        self._rendered = RenderedSnapshot.of(stations, self.clock.now(), self.stale_after)

    # Read by everyone

    @property
    def stations(self) -> StationSnapshot | None:
        """The newest snapshot, None before the first poll."""
        return self._rendered.stations if self._rendered else None

    def exists(self, station_id: str) -> bool:
        """Whether the newest snapshot has this station; true before the first poll, when nobody can tell."""
        return self.stations is None or station_id in self.stations.position

    def everything(self) -> CachedResponse | None:
        """The body of all stations, None before the first poll."""
        return self._rendered.body if self._rendered else None

    def one(self, station_id: str) -> CachedResponse | None:
        """The body of one station, None when there is none of that id."""
        stations = self.stations
        place = None if stations is None else stations.position.get(station_id)
        if stations is None or place is None:
            return None
        now = self.clock.now()
        body = render(stations, (place,), now, self.stale_after)[0]
        stale = is_stale(now.timestamp() - stations.observed[place], self.stale_after.total_seconds())
        return CachedResponse.of(body, f"{stations.snapshot_id}.{stale:d}", compress=None)

    def select(self, box: BoundingBox | None, near: NearestStations | None) -> CachedResponse:
        """The body of the stations in `box`, or of the nearest to a point with their distance in metres."""
        stations = self._present()
        chosen = np.arange(len(stations.ids))
        if box is not None:
            chosen = np.flatnonzero(box.holds(stations.lat, stations.lon))
        metres = None
        if near is not None:
            metres = near.point.distances(stations.lat, stations.lon)
            chosen = near.choose(metres, chosen)
        now = self.clock.now()
        items = render(stations, chosen.tolist(), now, self.stale_after)
        if metres is not None:
            items = [b'%s,"distance":%d}' % (item[:-1], m) for item, m in zip(items, metres[chosen], strict=True)]
        body = envelope(stations, items, now, self.stale_after)
        return CachedResponse.of(body, tag_of(stations, now, self.stale_after), compress=None)

    def past(self, station_id: str, hours: int) -> bytes:
        """A station's observations of the last hours: from memory, and from the history where that is too short."""
        stations = self._present()
        if station_id not in stations.position:
            raise NotFoundError(f"There is no station {station_id}.", "station_not_found")
        end = int(self.clock.now().timestamp())
        start = end - hours * 3600
        return _past_body(station_id, start, end, self.past_between(station_id, start, end))

    def past_between(self, station_id: str, start: int, end: int) -> list[PastPoll]:
        """The station's polls in [start, end] (epoch seconds), oldest first; empty where none is kept."""
        since = self.recent.since
        recent = self.recent.series(station_id, start, end)
        if since is not None and since <= start:
            return recent
        now = int(self.clock.now().timestamp())
        archived_until = end if since is None else min(end, since - 1)
        return self.history.series(station_id, start, archived_until, now=now) + recent

    def seconds_ahead(self) -> float:
        """How far the newest poll lies in the future; 0 up to one poll, which clocks may differ by."""
        if self.stations is None:
            return 0.0
        ahead = (self.stations.window - self.clock.now()).total_seconds()
        return ahead if ahead > POLL_SECONDS else 0.0

    def problem(self) -> str | None:
        """What is wrong with the newest poll, for `/ready`; None where nothing is, or there is none."""
        ahead = self.seconds_ahead()
        return f"the newest poll is {ahead:.0f} s in the future: a clock is or was wrong" if ahead else None

    def _present(self) -> StationSnapshot:
        if self.stations is None:
            raise UnavailableError("There has been no poll yet.", "no_snapshot", retry_after=30)
        return self.stations


def _past_body(station_id: str, start: int, end: int, points: list[PastPoll]) -> bytes:
    body = {
        "station_id": station_id,
        "from": datetime.fromtimestamp(start, UTC),
        "to": datetime.fromtimestamp(end, UTC),
        "points": [_past_point(poll) for poll in points],
    }
    return orjson.dumps(body, option=JSON_OPTIONS)


def _past_point(poll: PastPoll) -> dict[str, datetime | bool | int | None]:
    point: dict[str, datetime | bool | int | None] = {
        "at": datetime.fromtimestamp(poll.at, UTC),
        "bikes": poll.bikes,
        "docks": poll.docks,
        "ebikes": poll.ebikes,
        "renting": poll.renting,
    }
    if poll.unlimited:
        point["unlimited"] = True
    return point
