"""Which stations will fail riders, how many bikes mend that, and where the nearest ones are. Arrays in, rows out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Bools, Doubles, Floats
from pedalcast.stations.geo import Coordinates

LIKELY = 0.5  # from this probability of being empty or full on, a station is listed
SAFE = 3  # bikes, and docks, that a station is brought up to
SOURCES = 3  # stations named for each
SPARE = 3  # expected beyond `SAFE`, for a station to give bikes or docks
FAR_M = 3_000.0

Kind = Literal["empty", "full"]


@dataclass(frozen=True, slots=True)
class CityOutlook:
    """N stations at the time that is looked ahead to. `bikes`, `docks` expected, `p_bike`, `p_dock`, `rate` (riders an
    hour who take, `[0]`, or bring, `[1]`, a bike) are float32[N], NaN where unknown; `lat`, `lon` degrees."""

    bikes: Floats
    docks: Floats
    p_bike: Floats
    p_dock: Floats
    rate: tuple[Floats, Floats]
    lat: Doubles
    lon: Doubles
    open: Bools


@dataclass(frozen=True, slots=True)
class SourceStation:
    """A station at `place` that can give (or take) up to `bikes`, so many metres away."""

    place: int
    bikes: int
    metres: int


@dataclass(frozen=True, slots=True)
class VanMove:
    """A station at `place` that needs `bikes` brought (positive) or taken away (negative).

    `riders` are expected to find nothing in an hour: the probability times those who come.
    """

    place: int
    kind: Kind
    probability: float
    riders: float
    bikes: int
    sources: tuple[SourceStation, ...]


def moves(city: CityOutlook, most: int) -> list[VanMove]:
    """At most so many, those who fail the most riders first."""
    listed = [*_moves(city, "empty"), *_moves(city, "full")]
    listed.sort(key=lambda move: (-move.riders, -move.probability, move.place))
    return listed[:most]


def _moves(city: CityOutlook, kind: Kind) -> list[VanMove]:
    empty = kind == "empty"
    chance = 1 - (city.p_bike if empty else city.p_dock)
    expected = city.bikes if empty else city.docks
    riders = chance * np.nan_to_num(city.rate[0 if empty else 1])
    listed = np.flatnonzero(np.nan_to_num(chance) >= LIKELY)
    return [
        VanMove(
            place=place,
            kind=kind,
            probability=float(chance[place]),
            riders=float(riders[place]),
            bikes=_wanted(float(expected[place])) * (1 if empty else -1),
            sources=_sources(city, place, spare=city.bikes if empty else city.docks),
        )
        for place in listed.tolist()
        if city.open[place]
    ]


def _wanted(expected: float) -> int:
    """How many are missing to `SAFE`, at least one."""
    return max(1, int(np.ceil(SAFE - (0 if np.isnan(expected) else expected))))


def _sources(city: CityOutlook, place: int, *, spare: Floats) -> tuple[SourceStation, ...]:
    """The nearest stations that are expected to have more than they need, of bikes or of docks."""
    extra = np.nan_to_num(spare) - SAFE
    metres = Coordinates(float(city.lat[place]), float(city.lon[place])).distances(city.lat, city.lon)
    able = (extra >= SPARE) & city.open & (np.nan_to_num(metres, nan=np.inf) <= FAR_M)
    able[place] = False
    order: npt.NDArray[np.intp] = np.flatnonzero(able)
    nearest = order[np.argsort(metres[order], kind="stable")][:SOURCES]
    return tuple(SourceStation(int(other), int(extra[other]), round(float(metres[other]))) for other in nearest)
