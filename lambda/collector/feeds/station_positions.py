"""Positions that cannot be right: on no globe, on another continent, with latitude and longitude swapped.

A station is judged by the middle of its city; the middle by the place that gives the city's time zone its name.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from statistics import median

from collector.snapshot import Station

FAR_KM = 1500.0  # no city's stations lie so far from its middle
SWAPPED_KM = 150.0  # from here on a position that swapped would be near is taken for swapped …
NEAR_KM = 60.0  # … which means so near
ZONE_KM = 5000.0  # no city lies so far from the place that its time zone is named after

_ENOUGH = 3  # positions whose middle says where the city is

Degrees = tuple[float, float]  # latitude, longitude, degrees WGS 84
_ZONE_LINE = re.compile(r"^[A-Z,]+\t([+-]\d+)([+-]\d+)\t(\S+)", re.MULTILINE)


def plausible_positions(stations: Iterable[Station], timezone: str) -> tuple[list[Station], Counter[str]]:
    """The stations with positions that can be right, and how many were mended or dropped.

    Reasons: `swapped_position` (mended), `far_position` and `impossible_position` (dropped), `zero_position` (dropped:
    one coordinate is 0.0 and the city does not lie there).
    """
    listed = list(stations)
    centre = _centre([(s.lat, s.lon) for s in listed if s.lat is not None and s.lon is not None], timezone)
    faults: Counter[str] = Counter()
    return [_placed(station, centre, faults) for station in listed], +faults


def _placed(station: Station, centre: Degrees | None, faults: Counter[str]) -> Station:
    if station.lat is None or station.lon is None:
        return station
    point, reason = _judged((station.lat, station.lon), centre)
    if reason is None:
        return station
    faults[reason] += 1
    lat, lon = point or (None, None)
    return replace(station, lat=lat, lon=lon)


def _judged(point: Degrees, centre: Degrees | None) -> tuple[Degrees | None, str | None]:
    """The position to keep, and what was wrong with the one sent."""
    swapped = point[1], point[0]
    if centre is None:
        if not _possible(point):
            return (swapped, "swapped_position") if _possible(swapped) else (None, "impossible_position")
        return (None, "zero_position") if 0 in point else (point, None)
    away = _km(point, centre) if _possible(point) else math.inf
    if away > SWAPPED_KM and _possible(swapped) and _km(swapped, centre) < NEAR_KM:
        return swapped, "swapped_position"
    if away <= FAR_KM:
        return point, None
    if away == math.inf:
        return None, "impossible_position"
    return None, "zero_position" if 0 in point else "far_position"


def _centre(points: list[Degrees], timezone: str) -> Degrees | None:
    """The city's middle; without enough stations the place of its time zone; None when neither says anything."""
    zone = zone_position(timezone)
    whole = [point for point in points if 0 not in point and (_possible(point) or _possible((point[1], point[0])))]
    if len(whole) < _ENOUGH:
        return _nearest(zone, points)
    middle = median(point[0] for point in whole), median(point[1] for point in whole)
    swapped = middle[1], middle[0]
    if not _possible(middle):
        return swapped if _possible(swapped) else None
    if zone is not None and _possible(swapped) and _km(middle, zone) > max(FAR_KM, 4 * _km(swapped, zone)):
        return swapped
    return middle


def _nearest(zone: Degrees | None, points: list[Degrees]) -> Degrees | None:
    """Of a few positions, as they are or swapped, the one nearest to the time zone's place; None when all are far."""
    if zone is None:
        return None
    among = [way for point in points for way in (point, (point[1], point[0])) if _possible(way)]
    best = min(among, key=lambda way: _km(way, zone), default=zone)
    return best if _km(best, zone) < (FAR_KM if 0 in best else ZONE_KM) else None


def _possible(point: Degrees) -> bool:
    return abs(point[0]) <= 90 and abs(point[1]) <= 180


def _km(a: Degrees, b: Degrees) -> float:
    """Great-circle distance in kilometres (haversine)."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 12742.0 * math.asin(min(1.0, math.sqrt(h)))


@lru_cache(maxsize=8)
def zone_position(timezone: str) -> Degrees | None:
    """Where the place lies that a time zone is named after; None for zones without a place.

    >>> zone_position("Asia/Seoul")
    (37.55, 126.96666666666667)
    """
    try:
        table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return None
    for lat, lon, name in _ZONE_LINE.findall(table):
        if name == timezone:
            return _degrees(lat, 2), _degrees(lon, 3)
    return None


def _degrees(words: str, digits: int) -> float:
    """ISO 6709: +DDMM, +DDMMSS, and one digit more for longitudes."""
    degrees, minutes, seconds = words[1 : digits + 1], words[digits + 1 : digits + 3], words[digits + 3 :] or "0"
    return (int(degrees) + int(minutes) / 60 + int(seconds) / 3600) * (-1 if words[0] == "-" else 1)
