"""Live data from Redis: realtime values and forecasts, parsed once a poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import orjson

from collector.clocks import Clock
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.rag.live.types import Fleet, LiveForecast, LiveStation


class RedisLiveData:
    """`LiveData` over the stores that own the keys."""

    def __init__(self, store: SnapshotStore, forecasts: ForecastRepository, clock: Clock) -> None:
        self._store = store
        self._forecasts = forecasts
        self._clock = clock
        self._lock = Lock()
        self._fleet: tuple[str, Fleet] | None = None

    def fleet(self) -> Fleet | None:
        """The newest snapshot. Stations are parsed again only when the stream has a newer entry."""
        newest = self._store.latest()
        if newest is None:
            return None
        with self._lock:
            if self._fleet is None or self._fleet[0] != newest.id:
                stations = [LiveStation.of(orjson.loads(value)) for value in self._store.stations().values()]
                header = newest.header
                window = header.window.strftime("%Y%m%dT%H%M%SZ")
                self._fleet = newest.id, Fleet(window, header.system.timezone, tuple(stations))
            return self._fleet[1]

    def forecasts(self, station_ids: Sequence[str]) -> dict[str, LiveForecast]:
        values = {name: self._forecasts.station(name) for name in station_ids}
        return {name: LiveForecast.of(orjson.loads(value)) for name, value in values.items() if value}

    def now(self) -> datetime:
        return self._clock.now()
