"""The invented city alive: trips begin, take their time and end; stations run empty and full; vans set it right.

Time goes in whole minutes, and each minute draws from a generator of its own seeded with the minute's number: what
happens depends on the seed and the clock alone, not on how often somebody looked.
"""

from __future__ import annotations

import math
import random
from array import array
from bisect import bisect
from datetime import UTC, datetime, timedelta, timezone
from heapq import heapify, heappop, heappush
from typing import Any

from collector.city.demand import Demand
from collector.city.geometry import distance
from collector.city.neighbourhoods import PARK
from collector.city.plan import Site, neighbours, plan_city
from collector.city.vans import START_FILL, next_move
from collector.city.weather import riding

LOCAL = timezone(timedelta(hours=9))
_WALK_TO_NEXT = 600.0  # metres a rider walks for a bike at another station
_METRES_A_MINUTE = 170.0  # with lights and detours
_STATE = 1

Arrival = tuple[int, int, int]  # minute, station, bikes


class Town:
    """Bikes at stations, on the road and in vans. Their sum never changes."""

    def __init__(self, seed: int, stations: int, start: datetime) -> None:
        self.seed = seed
        self.sites = plan_city(seed, stations)
        self.minute = int(start.timestamp()) // 60
        self.bikes = [round(site.racks * START_FILL[site.kind]) for site in self.sites]
        self.changed = [self.minute] * stations  # the minute of each station's last change
        self.moving: list[Arrival] = []  # a heap
        self.lost = 0  # riders who found no bike
        self._neighbours = neighbours(self.sites)
        self._demand = Demand(self.sites)

    @property
    def now(self) -> datetime:
        """The minute the town has come to."""
        return datetime.fromtimestamp(self.minute * 60, UTC)

    def advance(self, at: datetime) -> None:
        """Live through the minutes up to `at`; a time gone by changes nothing."""
        for minute in range(self.minute + 1, int(at.timestamp()) // 60 + 1):
            self._live(minute)
            self.minute = minute

    def state(self) -> dict[str, Any]:
        """All there is to know, JSON-able; with the same seed and number of stations `restore` goes on from it."""
        return {
            "v": _STATE,
            "seed": self.seed,
            "minute": self.minute,
            "bikes": list(self.bikes),
            "changed": list(self.changed),
            "moving": [list(arrival) for arrival in self.moving],
            "lost": self.lost,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a kept state. ValueError when it belongs to another city."""
        if (state.get("v"), state.get("seed"), len(state.get("bikes", ()))) != (_STATE, self.seed, len(self.sites)):
            raise ValueError("the kept state belongs to a simulated city of another seed or size")
        self.minute = int(state["minute"])
        self.bikes = [int(number) for number in state["bikes"]]
        self.changed = [int(minute) for minute in state["changed"]]
        self.moving = [(int(minute), int(station), int(bikes)) for minute, station, bikes in state["moving"]]
        heapify(self.moving)
        self.lost = int(state["lost"])

    def _live(self, minute: int) -> None:
        rng = random.Random(self.seed * 1_000_003 + minute)  # noqa: S311 a demo city, no secret
        while self.moving and self.moving[0][0] <= minute:
            _, station, bikes = heappop(self.moving)
            self._arrive(minute, station, bikes)
        local = datetime.fromtimestamp(minute * 60, LOCAL)
        slot = local.hour * 2 + local.minute // 30
        weekend = int(local.weekday() >= 5)
        expected = self._demand.a_minute(weekend, slot) * riding(self.seed, local.date())[slot]
        for _ in range(_poisson(rng, expected)):
            self._depart(rng, minute, weekend, slot)
        move = next_move(rng, local, self.sites, self.bikes)
        if move is not None:
            self._take(minute, move.origin, move.bikes)
            heappush(self.moving, (minute + move.minutes, move.destination, move.bikes))

    def _depart(self, rng: random.Random, minute: int, weekend: int, slot: int) -> None:
        wanted = _choose(rng, self._demand.origins(weekend, slot))
        origin = self._with_a_bike(rng, wanted)
        if origin is None:
            self.lost += 1
            return
        destination = _choose(rng, self._demand.destinations(origin, weekend, slot))
        together = 2 if rng.random() < 0.06 and self.bikes[origin] > 1 else 1
        self._take(minute, origin, together)
        ride = _minutes(rng, self.sites[origin], self.sites[destination])
        heappush(self.moving, (minute + ride, destination, together))

    def _with_a_bike(self, rng: random.Random, wanted: int) -> int | None:
        """The station wanted, else often one within walking distance, else none."""
        if self.bikes[wanted] > 0:
            return wanted
        here = self.sites[wanted].at
        candidates = (i for i in self._neighbours[wanted] if distance(here, self.sites[i].at) <= _WALK_TO_NEXT)
        return next((i for i in candidates if self.bikes[i] > 0 and rng.random() < 0.6), None)

    def _arrive(self, minute: int, station: int, bikes: int) -> None:
        """Dock what fits; the rest rides on to the next station with room, or waits when there is none."""
        fits = min(bikes, self.sites[station].racks - self.bikes[station])
        if fits > 0:
            self.bikes[station] += fits
            self.changed[station] = minute
        if bikes > fits:
            candidates = (i for i in self._neighbours[station] if self.bikes[i] < self.sites[i].racks)
            heappush(self.moving, (minute + 3, next(candidates, station), bikes - fits))

    def _take(self, minute: int, station: int, bikes: int) -> None:
        self.bikes[station] -= bikes
        self.changed[station] = minute


def _choose(rng: random.Random, cumulative: array[float]) -> int:
    return min(bisect(cumulative, rng.random() * cumulative[-1]), len(cumulative) - 1)


def _poisson(rng: random.Random, mean: float) -> int:
    """Knuth's multiplication, good for the small means of a minute (The Art of Computer Programming, 3.4.1)."""
    limit, number, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        number += 1
        product *= rng.random()
    return number


def _minutes(rng: random.Random, origin: Site, destination: Site) -> int:
    if origin is destination:
        return rng.randint(25, 70) if origin.kind == PARK else rng.randint(8, 40)
    leisure = 2.2 if PARK in (origin.kind, destination.kind) and rng.random() < 0.4 else 1.0
    riding_time = distance(origin.at, destination.at) * 1.25 / _METRES_A_MINUTE
    return max(2, round(riding_time * leisure * rng.lognormvariate(0.0, 0.3) + 2))
