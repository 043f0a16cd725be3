"""Distances on a patch of ground small enough to be flat."""

from __future__ import annotations

import math
from itertools import pairwise

from collector.city.neighbourhoods import RIVER, RIVER_HALF_WIDTH

Point = tuple[float, float]  # metres east and north of the city's middle

_MIDDLE = (37.54, 126.99)
_NORTH = 111_195.0  # metres a degree of latitude, on a sphere of 6371 km
_EAST = _NORTH * math.cos(math.radians(_MIDDLE[0]))


def to_metres(lat: float, lon: float) -> Point:
    """Equirectangular projection around the city's middle."""
    return (lon - _MIDDLE[1]) * _EAST, (lat - _MIDDLE[0]) * _NORTH


def to_degrees(point: Point) -> tuple[float, float]:
    """The inverse of `to_metres`: latitude and longitude, to about a decimetre."""
    return round(_MIDDLE[0] + point[1] / _NORTH, 6), round(_MIDDLE[1] + point[0] / _EAST, 6)


def distance(a: Point, b: Point) -> float:
    """Metres between two points."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def off_the_river(point: Point, towards: Point) -> Point:
    """The point, moved in steps in the direction of `towards` and beyond until it is dry."""
    bank = nearest_on_river(towards)
    length = max(distance(bank, towards), 1.0)
    step = ((towards[0] - bank[0]) / length * 40.0, (towards[1] - bank[1]) / length * 40.0)
    while distance(nearest_on_river(point), point) < RIVER_HALF_WIDTH:
        point = point[0] + step[0], point[1] + step[1]
    return point


def nearest_on_river(point: Point) -> Point:
    """The point of the river's middle line that is nearest."""
    line = [to_metres(*vertex) for vertex in RIVER]
    return min((_nearest_on_segment(point, a, b) for a, b in pairwise(line)), key=lambda p: distance(p, point))


def _nearest_on_segment(point: Point, a: Point, b: Point) -> Point:
    along = (b[0] - a[0], b[1] - a[1])
    share = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = min(max(share, 0.0), 1.0)
    return a[0] + share * along[0], a[1] + share * along[1]
