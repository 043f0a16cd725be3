"""What live answers are made of: stations as they are, their forecasts, and where both are read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pedalcast.rag.live.station_names import bare, number_of


@dataclass(frozen=True, slots=True)
class LiveStation:
    """A station as the last poll saw it. `docks` is None where any number of bikes fits (`unlimited`) or unknown."""

    id: str
    name: str
    names: Mapping[str, str]
    lat: float | None
    lon: float | None
    bikes: int
    docks: int | None
    ebikes: int | None
    renting: bool
    returning: bool
    installed: bool
    observed_at: datetime
    unlimited: bool = False

    def name_in(self, lang: str) -> str:
        """The name as sentences have it: "102. 망원역 1번출구 앞" would end one at its number."""
        name = self.names.get(lang) or self.name
        number = number_of(name)
        if number is None:
            return name
        return f"{number}번 {bare(name)}" if lang == "ko" else f"{number} {bare(name)}"


@dataclass(frozen=True, slots=True)
class LiveHorizon:
    """A forecast for one time ahead: the expected number of bikes, its likely range, and the two probabilities."""

    minutes: int
    at: datetime
    bikes: float
    low: int
    high: int
    p_bike: float
    p_dock: float


@dataclass(frozen=True, slots=True)
class LiveForecast:
    """A station's forecast as the loop wrote it; `model` is "persistence" where nothing is learnt yet."""

    station_id: str
    made_at: datetime
    observed_at: datetime
    model: str
    horizons: tuple[LiveHorizon, ...]

    def at(self, when: datetime) -> LiveHorizon | None:
        """The horizon nearest to a time; None where there are none."""
        return min(self.horizons, key=lambda h: abs((h.at - when).total_seconds()), default=None)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All stations at one poll, and the city's time zone."""

    snapshot_id: str
    timezone: str
    stations: Sequence[LiveStation]


class LiveDataError(Exception):
    """The live data cannot be read at the moment."""


class LiveData(Protocol):
    """Where live answers read from. Called from threads; raises `LiveDataError` when its store is unavailable."""

    def fleet(self) -> Fleet | None:
        """The newest snapshot, None before the first poll."""

    def forecasts(self, station_ids: Sequence[str]) -> dict[str, LiveForecast]:
        """The forecasts of these stations; those without one are left out."""

    def chance(self, station_id: str, at_least: int, at: datetime, *, docks: bool) -> float | None:
        """The probability of at least so many bikes, or docks, at a time; None where it is not known."""

    def now(self) -> datetime:
        """The time of the clock the feed lives on, aware."""
