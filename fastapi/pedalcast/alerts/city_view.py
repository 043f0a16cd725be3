"""The city as rules are judged by it: places, local time, and the chances of the run that is served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from collector.clocks import Clock
from pedalcast.alerts.alert_judge import AlertKind, StationPlace
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.service import ForecastService
from pedalcast.stations.geo import Coordinates
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import StationSnapshot

Chances = Callable[[AlertKind, int, int], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class CityMoment:
    """One moment (`at`, aware UTC). `chances(kind, n, minutes)` gives P(at least n) by station id, where known."""

    at: datetime
    timezone: str
    places: Mapping[str, StationPlace]
    chances: Chances

    @property
    def local(self) -> datetime:
        """The city's time."""
        return self.at.astimezone(ZoneInfo(self.timezone))


class CityView(Protocol):
    """Where the service of alerts looks."""

    def run_id(self) -> str | None:
        """The run that is served, None before the first."""
        ...

    def now(self) -> CityMoment | None:
        """This moment, None before the first poll and run."""
        ...


class ServedCityView:
    """The city that this process serves."""

    def __init__(self, stations: StationService, forecasts: ForecastService, clock: Clock) -> None:
        self._stations = stations
        self._forecasts = forecasts
        self._clock = clock

    def run_id(self) -> str | None:
        """The run that is served, None before the first."""
        posted = self._forecasts.board.posted
        return None if posted is None else posted.info.id

    def now(self) -> CityMoment | None:
        """This moment, None before the first poll and run, and for a run without distributions."""
        snapshot, posted = self._stations.stations, self._forecasts.board.posted
        if snapshot is None or posted is None or posted.chances is None:
            return None
        at, chances = self._clock.now(), posted.chances
        return CityMoment(at, snapshot.system.timezone, _places(snapshot), lambda kind, count, minutes: _chances(
            chances, "dock" if kind == "docks" else "bike", count, int(at.timestamp()) + 60 * minutes
        ))  # fmt: skip


def _chances(chances: RunChances, want: Literal["bike", "dock"], count: int, time: int) -> dict[str, float]:
    values = chances.at(want, count, time)
    return {name: float(p) for name, p in zip(chances.run.ids, values, strict=True) if not np.isnan(p)}


def _places(snapshot: StationSnapshot) -> dict[str, StationPlace]:
    return {name: _place(snapshot, name, index) for index, name in enumerate(snapshot.ids)}


def _place(snapshot: StationSnapshot, station_id: str, index: int) -> StationPlace:
    value = orjson.loads(snapshot.heads[index] + b"}")
    lat, lon = float(snapshot.lat[index]), float(snapshot.lon[index])
    names = value.get("names") or {"": value.get("name") or station_id}
    return StationPlace(station_id, names, None if np.isnan(lat) or np.isnan(lon) else Coordinates(lat, lon))
