"""Plans from the newest poll and the run that is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from forecaster.arrays import Doubles
from pedalcast.forecasts.run_chances import RunChances, Want
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.errors import NotFoundError, PedalcastError, UnavailableError
from pedalcast.plans.plan_rule import (
    REACH_M,
    WAITS,
    Decision,
    PlanOption,
    decide,
    ride_minutes,
    walk_minutes,
)
from pedalcast.plans.plan_sentences import PlanFacts, sentence
from pedalcast.plans.schemas import Plan, PlanQuestion, PlanReason, PlanStation, PlanWait
from pedalcast.stations.geo import Coordinates
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import StationSnapshot, is_stale

USUAL_MINUTES = 10.0  # until arrival, where nothing says how long it takes
PLACES = 12  # of the nearest stations, so many are looked at


class PlanService:
    """Decides by `plan_rule`. Reads kept state only; may be used from any thread.

    `closed` gives the ids of the stations that a notice closes.
    """

    def __init__(
        self,
        stations: StationService,
        forecasts: ForecastService,
        closed: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._stations = stations
        self._forecasts = forecasts
        self._closed = closed

    def plan(self, question: PlanQuestion) -> Plan:
        """The plan. Raises `NotFoundError`, `PedalcastError` for a bad place, `UnavailableError` before any run."""
        snapshot, chances = self._present()
        trip = _Trip.of(question, snapshot, chances, self._stations.clock.now(), self._closed())
        here = trip.chance(trip.place, trip.arrival)
        waits = trip.waits()
        places = trip.places()
        open_here = trip.is_open(trip.place)
        decision = decide(
            here,
            [PlanOption(wait.probability, wait.minutes) for wait in waits],
            [PlanOption(other.probability or 0.0, other.walk_minutes or 0.0) for other in places],
            closed=not open_here,
        )
        return self._answer(trip, decision, here, waits, places)

    def _present(self) -> tuple[StationSnapshot, RunChances]:
        served = self._forecasts.served()
        snapshot = self._stations.stations
        if snapshot is None or served.chances is None:
            raise UnavailableError("There is nothing to plan with yet.", "no_forecast", retry_after=30)
        return snapshot, served.chances

    def _answer(
        self,
        trip: _Trip,
        decision: Decision,
        here: float | None,
        waits: list[PlanWait],
        places: list[PlanStation],
    ) -> Plan:
        wait = None if decision.wait is None else waits[decision.wait]
        other = None if decision.place is None else places[decision.place]
        run, question = trip.chances.run, trip.question
        observed = trip.snapshot.observed_at
        age = (trip.now - observed).total_seconds()
        return Plan(
            verdict=decision.verdict.value,
            reason=decision.reason.value,
            want=question.want,
            n=question.n,
            minutes=round(trip.minutes, 1),
            at=_moment(trip.arrival),
            station=trip.station(trip.place, trip.arrival, here, trip.metres_to_go),
            wait=wait,
            alternative=other,
            why=PlanReason(**{lang: trip.why(decision, here, wait, other, lang) for lang in ("en", "ko")}),
            model=run.model,
            made_at=_moment(run.made_at),
            observed_at=observed,
            stale=is_stale(age, self._stations.stale_after.total_seconds()),
        )


@dataclass(frozen=True, slots=True)
class _Trip:
    """A question with its station (`place` in the snapshot) and its times; `minutes` until `arrival` (epoch seconds).

    `metres_to_go` lie between where one starts and the station, None where it is not said.
    """

    question: PlanQuestion
    snapshot: StationSnapshot
    chances: RunChances
    now: datetime
    place: int
    minutes: float
    metres_to_go: float | None
    closed: frozenset[str]

    @classmethod
    def of(
        cls,
        question: PlanQuestion,
        snapshot: StationSnapshot,
        chances: RunChances,
        now: datetime,
        closed: frozenset[str],
    ) -> _Trip:
        place = _find(question.to, snapshot)
        start = None if question.from_ is None else Coordinates.parse(question.from_, "from")
        metres = None
        if start is not None:
            here = start.distances(snapshot.lat[[place]], snapshot.lon[[place]])[0]
            metres = None if np.isnan(here) else float(here)
        return cls(question, snapshot, chances, now, place, _minutes(question, metres), metres, closed)

    @property
    def want(self) -> Want:
        return self.question.want

    @property
    def arrival(self) -> int:
        return int(self.now.timestamp() + 60 * self.minutes)

    def chance(self, place: int, time: int) -> float | None:
        """Of what is wanted, at the station at `place`; None where unknown."""
        station = self.chances.station(self.snapshot.ids[place])
        if station is None:
            return None
        chance = (station.bikes if self.want == "bike" else station.docks)(self.question.n, time)
        return None if chance is None else round(chance, 3)

    def waits(self) -> list[PlanWait]:
        """The same station later, those of which something is known."""
        waits = []
        for minutes in WAITS:
            time = self.arrival + 60 * minutes
            if (chance := self.chance(self.place, time)) is not None:
                waits.append(PlanWait(minutes=minutes, at=_moment(time), probability=chance))
        return waits

    def places(self) -> list[PlanStation]:
        """The nearest other stations within a walk that are open and of which something is known, nearest first."""
        metres = self._metres_around()
        order = [int(place) for place in np.argsort(metres, kind="stable") if metres[place] <= REACH_M]
        places = []
        for place in [place for place in order if place != self.place and self.is_open(place)][:PLACES]:
            more = walk_minutes(metres[place]) if self.want == "bike" else ride_minutes(metres[place])
            time = self.arrival + int(60 * more)
            if (chance := self.chance(place, time)) is not None:
                places.append(self.station(place, time, chance, float(metres[place])))
        return places

    def _metres_around(self) -> Doubles:
        lat, lon = self.snapshot.lat, self.snapshot.lon
        return Coordinates(float(lat[self.place]), float(lon[self.place])).distances(lat, lon)

    def station(self, place: int, time: int, chance: float | None, metres: float | None) -> PlanStation:
        """The station as the answer has it."""
        value = self._value(place)
        return PlanStation(
            station_id=value["station_id"],
            name=value["name"],
            names=value.get("names", {}),
            lat=value.get("lat"),
            lon=value.get("lon"),
            now=_now(value, self.want),
            at=_moment(time),
            probability=chance,
            distance=None if metres is None else round(metres),
            walk_minutes=None if metres is None else round(walk_minutes(metres), 1),
        )

    def is_open(self, place: int) -> bool:
        """Whether the station rents, or takes returns, whichever is wanted, and no notice closes it."""
        if self.snapshot.ids[place] in self.closed:
            return False
        value = self._value(place)
        return bool(value["installed"] and value["renting" if self.want == "bike" else "returning"])

    def why(
        self, decision: Decision, here: float | None, wait: PlanWait | None, other: PlanStation | None, lang: str
    ) -> str:
        """The sentence, with the city's time of day."""
        zone = ZoneInfo(self.snapshot.system.timezone)
        value = self._value(self.place)
        facts = PlanFacts(
            docks=self.want == "dock",
            count=self.question.n,
            clock=_moment(self.arrival).astimezone(zone).strftime("%H:%M"),
            name=value.get("names", {}).get(lang) or value["name"],
            probability=here,
            other="" if other is None else other.names.get(lang) or other.name,
            other_probability=wait.probability if wait else (other.probability or 0.0) if other else 0.0,
            minutes=wait.minutes if wait else max(1, round(other.walk_minutes or 0)) if other else 0,
        )
        return sentence(decision, facts, lang)

    def _value(self, place: int) -> dict[str, Any]:
        value: dict[str, Any] = orjson.loads(self.snapshot.heads[place] + b"}")
        return value


def _find(to: str, snapshot: StationSnapshot) -> int:
    """The station of that id, else the one nearest to a position. Raises `NotFoundError`."""
    place = snapshot.position.get(to)
    if place is not None:
        return place
    try:
        point = Coordinates.parse(to, "to")
    except PedalcastError:
        if to.count(",") == 1:
            raise
        raise NotFoundError(f"There is no station {to}.", "station_not_found") from None
    metres = point.distances(snapshot.lat, snapshot.lon)
    if np.isnan(metres).all():
        raise NotFoundError("No station has a position.", "station_not_found")
    return int(np.nanargmin(metres))


def _minutes(question: PlanQuestion, metres: float | None) -> float:
    """As asked, else the walk to a bike or the ride to a dock; at most an hour."""
    if question.minutes is not None:
        return question.minutes
    if metres is None:
        return USUAL_MINUTES
    return min(60.0, walk_minutes(metres) if question.want == "bike" else ride_minutes(metres))


def _now(value: dict[str, Any], want: Want) -> int | None:
    if want == "bike":
        return int(value["bikes"])
    docks = value["docks"]
    return None if docks is None or value.get("unlimited") else int(docks)


def _moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
