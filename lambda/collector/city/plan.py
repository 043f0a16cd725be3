"""The city's plan: where its stations stand, how they are called, how large and how popular they are."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from collector.city.geometry import Point, distance, off_the_river, to_degrees, to_metres
from collector.city.neighbourhoods import HOME, NAMES, OFFICE, PARK, PLACES, THEMES, TRANSIT, UNIVERSITY, Place

_RACKS = {HOME: (7, 16), OFFICE: (12, 25), PARK: (15, 35), UNIVERSITY: (10, 20), TRANSIT: (12, 30)}
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class Site:
    """One station: `at` in metres, `popularity` relative to a mean of about one, `racks` its capacity in bikes."""

    id: str
    korean: str
    english: str
    kind: str
    at: Point
    racks: int
    popularity: float

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude, WGS 84 degrees."""
        return to_degrees(self.at)


def plan_city(seed: int, stations: int) -> tuple[Site, ...]:
    """Lay out that many stations, the same ones for the same seed."""
    rng = random.Random(f"plan:{seed}")  # noqa: S311 a demo city, no secret
    return tuple(_site(rng, number) for number in range(stations))


def neighbours(sites: tuple[Site, ...]) -> list[list[int]]:
    """For each site the indices of the nearest others, nearest first."""
    neighbours = []
    for here in range(len(sites)):
        others = [i for i in range(len(sites)) if i != here]
        others.sort(key=lambda i, at=sites[here].at: distance(at, sites[i].at))  # type: ignore[misc]
        neighbours.append(others[:_NEIGHBOURS])
    return neighbours


def _site(rng: random.Random, number: int) -> Site:
    turn, area = divmod(number, len(PLACES))
    place = PLACES[area]
    theme = THEMES[place.theme]
    kind = theme[turn % len(theme)]
    korean, english = _names(place, kind, turn)
    sign = f"{(area + 1) * 100 + turn + 1}."
    return Site(
        id=f"SIM-{number + 1}",
        korean=f"{sign} {korean}",
        english=f"{sign} {english}",
        kind=kind,
        at=_spot(rng, place, turn),
        racks=rng.randint(*_RACKS[kind]),
        popularity=rng.lognormvariate(-0.18, 0.6),
    )


def _names(place: Place, kind: str, turn: int) -> tuple[str, str]:
    theme = THEMES[place.theme]
    before = sum(theme[i % len(theme)] == kind for i in range(turn))
    patterns = NAMES[kind]
    words = {"name": place.korean, "english": place.english, "number": before + 1}
    korean, english = patterns[before % len(patterns)]
    return korean.format(**words), english.format(**words)


def _spot(rng: random.Random, place: Place, turn: int) -> Point:
    """Stations of a neighbourhood lie on a sunflower's spiral around its middle, a little shaken."""
    east, north = to_metres(place.lat, place.lon)
    radius = 400.0 * math.sqrt(turn + 0.3)
    angle = turn * _GOLDEN_ANGLE + place.lat * 1000
    point = (
        east + radius * math.cos(angle) + rng.uniform(-90, 90),
        north + radius * math.sin(angle) + rng.uniform(-90, 90),
    )
    return off_the_river(point, (east, north))
