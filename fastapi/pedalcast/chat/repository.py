"""Live data from Redis: realtime values and forecasts, parsed once a poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import orjson
from redis import RedisError

from collector.clocks import Clock
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.rag.live.types import Fleet, LiveDataError, LiveForecast, LiveStation


class RedisLiveData:
    """`LiveData` over the stores that own the keys. Raises `LiveDataError` while Redis is unavailable."""

    def __init__(self, store: SnapshotStore, forecasts: ForecastRepository, clock: Clock) -> None:
        self._store = store
        self._forecasts = forecasts
        self._clock = clock
        self._lock = Lock()
        self._fleet: tuple[str, Fleet] | None = None

    def fleet(self) -> Fleet | None:
        """The newest snapshot, None before the first poll. Stations are parsed again only when there is a newer one."""
        try:
            return self._read_fleet()
        except RedisError as error:
            raise LiveDataError(str(error)) from error

    def _read_fleet(self) -> Fleet | None:
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
        """The forecasts of these stations by id; stations without one are left out."""
        try:
            values = {station_id: self._forecasts.station(station_id) for station_id in station_ids}
        except RedisError as error:
            raise LiveDataError(str(error)) from error
        return {station_id: LiveForecast.of(orjson.loads(value)) for station_id, value in values.items() if value}

    def now(self) -> datetime:
        """The time of the clock that the feed lives on."""
        return self._clock.now()
