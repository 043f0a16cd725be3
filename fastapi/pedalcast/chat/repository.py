"""Live data from Redis: realtime values and forecasts, parsed once a poll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock

from redis import RedisError

from collector.clocks import Clock
from collector.snapshot import UNLIMITED_DOCKS
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import StationValue
from forecaster.history.past_reader import PastPoll, PastReader
from forecaster.objects import ObjectError
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.forecasts.run_chances import StationChances
from pedalcast.forecasts.schemas import Horizon, StationForecast
from pedalcast.rag.live.past_counts import PastCount
from pedalcast.rag.live.types import Fleet, LiveDataError, LiveForecast, LiveHorizon, LiveStation
from pedalcast.rag.text.normalisation import plain_name

ClosedStations = Callable[[], frozenset[str]]
ChancesOf = Callable[[str], StationChances | None]


class RedisLiveData:
    """`LiveData` over the stores that own the keys. Raises `LiveDataError` while Redis is unavailable.

    Stations that are `closed` by hand are out of use, whatever the feed says.
    """

    def __init__(
        self,
        store: SnapshotStore,
        forecasts: ForecastRepository,
        clock: Clock,
        closed: ClosedStations = frozenset,
        chances: ChancesOf | None = None,
    ) -> None:
        self._closed = closed
        self._chances = chances
        self._store = store
        self._forecasts = forecasts
        self._clock = clock
        self._lock = Lock()
        self._fleet: tuple[tuple[str, frozenset[str]], Fleet] | None = None

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
        closed = self._closed()
        with self._lock:
            if self._fleet is None or self._fleet[0] != (newest.id, closed):
                values = self._store.station_values().values()
                stations = tuple(_live_station(value, closed) for value in values)
                header = newest.header
                edition = f"{header.snapshot_id}{sorted(closed) or ''}"
                self._fleet = (newest.id, closed), Fleet(edition, header.system.timezone, stations)
            return self._fleet[1]

    def forecasts(self, station_ids: Sequence[str]) -> dict[str, LiveForecast]:
        """The forecasts of these stations by id; stations without one are left out."""
        try:
            forecasts = self._forecasts.forecasts(station_ids)
        except RedisError as error:
            raise LiveDataError(str(error)) from error
        return {station_id: _live_forecast(forecast) for station_id, forecast in forecasts.items()}

    def chance(self, station_id: str, at_least: int, at: datetime, *, docks: bool) -> float | None:
        """The probability of at least so many bikes, or docks, at a time; None without a run, or beyond its reach."""
        chances = None if self._chances is None else self._chances(station_id)
        if chances is None:
            return None
        seconds = int(at.timestamp())
        return chances.docks(at_least, seconds) if docks else chances.bikes(at_least, seconds)

    def now(self) -> datetime:
        """The time of the clock that the feed lives on."""
        return self._clock.now()


class ArchivedPast:
    """The past of stations for live answers, out of the history. Raises `LiveDataError` while that is unavailable."""

    def __init__(self, reader: PastReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    def __call__(self, station_id: str, start: datetime, end: datetime) -> list[PastCount]:
        """A station's archived polls between two times, oldest first."""
        now = int(self._clock.now().timestamp())
        span = int(start.timestamp()), min(int(end.timestamp()), now)
        try:
            return [_past_count(past) for past in self._reader.series(station_id, *span, now=now)]
        except ObjectError as error:
            raise LiveDataError(str(error)) from error


def _past_count(past: PastPoll) -> PastCount:
    unlimited = past.docks == UNLIMITED_DOCKS
    return PastCount(datetime.fromtimestamp(past.at, UTC), past.bikes, None if unlimited else past.docks, unlimited)


def _live_station(value: StationValue, closed: frozenset[str]) -> LiveStation:
    return LiveStation(
        id=value.station_id,
        name=plain_name(value.name),
        names={lang: plain_name(name) for lang, name in value.names.items()},
        lat=value.lat,
        lon=value.lon,
        bikes=value.bikes,
        docks=None if value.unlimited else value.docks,
        ebikes=value.ebikes,
        renting=value.renting,
        returning=value.returning,
        installed=value.installed and value.station_id not in closed,
        observed_at=value.observed_at,
        unlimited=value.unlimited,
    )


def _live_forecast(forecast: StationForecast) -> LiveForecast:
    """The forecast without horizons for which nothing could be said."""
    horizons = tuple(live for horizon in forecast.horizons if (live := _live_horizon(horizon)) is not None)
    return LiveForecast(forecast.station_id, forecast.made_at, forecast.observed_at, forecast.model, horizons)


def _live_horizon(horizon: Horizon) -> LiveHorizon | None:
    bikes, low, high, p_bike, p_dock = horizon.bikes, horizon.low, horizon.high, horizon.p_bike, horizon.p_dock
    if bikes is None or low is None or high is None or p_bike is None or p_dock is None:
        return None
    return LiveHorizon(horizon.minutes, horizon.at, bikes, low, high, p_bike, p_dock)
