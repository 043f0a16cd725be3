"""Judges one rule by the chances of the run that is served. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

import numpy as np

from pedalcast.stations.geo import Coordinates

UNLIKELY = 0.5  # a neighbourhood whose best chance is below this is worth a warning
LIKELY_AGAIN = 0.6  # and above this again, the warning is over
ADVISED = 0.7  # a station is recommended from this chance on
WALK_M = 1000

AlertKind = Literal["bikes", "docks"]
Chance = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class StationPlace:
    """Where a station is, degrees WGS 84, and its name by language."""

    station_id: str
    names: Mapping[str, str]
    point: Coordinates | None

    def name(self, lang: str) -> str:
        """Its name in a language, else in any, else its id."""
        return self.names.get(lang) or next(iter(self.names.values()), self.station_id)


@dataclass(frozen=True, slots=True)
class AlertVerdict:
    """`outcome` is "warn", "over" or "wait" (nothing changes, or nothing is known).

    `best` is the rule's own station with the best chance, `instead` a better one within a walk.
    """

    outcome: Literal["warn", "over", "wait"]
    best: tuple[StationPlace, float] | None = None
    instead: tuple[StationPlace, float] | None = None


def applies(local: datetime, weekdays: Sequence[int] | None, start: str | None, end: str | None) -> bool:
    """Whether a rule counts at this local time. `weekdays` are 1 (Monday) to 7; a span may go past midnight.

    >>> applies(datetime(2026, 11, 20, 23, 30), [5], "22:00", "01:00")
    True
    """
    if weekdays and local.isoweekday() not in weekdays:
        return False
    if start is None or end is None or start == end:
        return True
    begin, until, at = time.fromisoformat(start), time.fromisoformat(end), local.time()
    return begin <= at < until if begin < until else at >= begin or at < until


def judge(own: Sequence[StationPlace], others: Sequence[StationPlace], chance: Chance, *, warned: bool) -> AlertVerdict:
    """What a rule about the stations `own` comes to; `others` may be recommended."""
    chances = [(place, p) for place in own if (p := chance(place.station_id)) is not None]
    if not chances:
        return AlertVerdict("wait")
    best = max(chances, key=lambda pair: pair[1])
    if warned:
        return AlertVerdict("over" if best[1] >= LIKELY_AGAIN else "wait", best)
    if best[1] >= UNLIKELY:
        return AlertVerdict("wait", best)
    return AlertVerdict("warn", best, _instead(own, others, chance))


def _instead(
    own: Sequence[StationPlace], others: Sequence[StationPlace], chance: Chance
) -> tuple[StationPlace, float] | None:
    """The nearest other station that is likely to serve."""
    points = [place.point for place in own if place.point is not None]
    if not points:
        return None
    centre = Coordinates(sum(p.lat for p in points) / len(points), sum(p.lon for p in points) / len(points))
    ids = {place.station_id for place in own}
    rest = [place for place in others if place.point is not None and place.station_id not in ids]
    for place in nearest(centre, rest, WALK_M):
        p = chance(place.station_id)
        if p is not None and p >= ADVISED:
            return place, p
    return None


def nearest(centre: Coordinates, places: Sequence[StationPlace], radius: float) -> list[StationPlace]:
    """Those within `radius` metres, the nearest first."""
    placed = [(place, place.point) for place in places if place.point is not None]
    metres = centre.distances(
        np.array([point.lat for _, point in placed], np.float64),
        np.array([point.lon for _, point in placed], np.float64),
    )
    order = np.argsort(metres, kind="stable")
    return [placed[index][0] for index in order.tolist() if metres[index] <= radius]
