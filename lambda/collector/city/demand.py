"""When people ride, and where to: departures and pull of each kind of place over the day, and the pull of nearness."""

from __future__ import annotations

import math
from array import array
from itertools import accumulate

from collector.city.geometry import distance
from collector.city.neighbourhoods import HOME, KINDS, OFFICE, PARK, TRANSIT, UNIVERSITY
from collector.city.plan import Site

SLOTS_A_DAY = 48
TRIPS_A_DAY = 24.0  # departures a station, mean of a dry weekday
WEEKEND_VOLUME = 0.85
_NIGHT = 0.03
_REACH = 1_900.0  # metres over which a destination loses 63 % of its pull
_WALK = 500.0  # metres below which people rather walk

Bumps = tuple[tuple[float, float, float], ...]  # hour of the peak, width in hours, height

_LEAVING: tuple[dict[str, Bumps], dict[str, Bumps]] = (
    {
        HOME: ((7.8, 0.8, 3.4), (13.0, 3.0, 0.6), (19.5, 1.8, 0.9)),
        OFFICE: ((12.3, 0.6, 1.2), (18.3, 0.9, 3.8), (21.0, 1.2, 0.7)),
        PARK: ((9.0, 2.0, 0.4), (16.0, 2.5, 1.0), (20.0, 1.5, 1.8)),
        UNIVERSITY: ((12.5, 1.2, 1.3), (17.0, 1.8, 2.0), (21.5, 1.2, 0.8)),
        TRANSIT: ((8.3, 0.8, 3.2), (13.0, 3.0, 0.7), (18.8, 1.4, 2.8), (22.5, 1.0, 0.9)),
    },
    {
        HOME: ((11.0, 2.0, 1.5), (15.0, 2.5, 1.2)),
        OFFICE: ((14.0, 3.5, 0.4),),
        PARK: ((13.0, 2.5, 1.6), (17.5, 2.0, 3.0), (20.5, 1.3, 1.4)),
        UNIVERSITY: ((14.0, 3.0, 0.7),),
        TRANSIT: ((12.0, 2.5, 1.3), (17.5, 2.5, 1.7), (22.0, 1.2, 0.7)),
    },
)
_PULLING: tuple[dict[str, Bumps], dict[str, Bumps]] = (
    {
        HOME: ((13.0, 3.0, 0.5), (19.2, 1.6, 3.2), (22.8, 1.2, 1.6)),
        OFFICE: ((8.4, 0.8, 4.0), (13.0, 0.8, 1.0)),
        PARK: ((7.0, 1.5, 0.3), (15.5, 2.5, 0.9), (19.5, 1.5, 1.9)),
        UNIVERSITY: ((9.3, 1.1, 2.6), (13.3, 1.2, 1.0)),
        TRANSIT: ((7.9, 0.8, 3.0), (12.5, 3.0, 0.7), (18.4, 1.2, 3.0), (21.8, 1.0, 0.6)),
    },
    {
        HOME: ((13.0, 2.5, 0.7), (19.5, 2.0, 2.2)),
        OFFICE: ((13.0, 3.0, 0.3),),
        PARK: ((11.8, 2.0, 2.2), (16.0, 2.2, 2.8)),
        UNIVERSITY: ((13.0, 3.0, 0.6),),
        TRANSIT: ((11.5, 2.0, 1.2), (18.5, 2.0, 1.7)),
    },
)


class Demand:
    """Rates and choices for one plan. A day is a weekday (0) or a weekend (1); a slot is half an hour of local time."""

    def __init__(self, sites: tuple[Site, ...]) -> None:
        self._sites = sites
        self._leaving = [_table(curves) for curves in _LEAVING]
        self._pulling = [_table(curves) for curves in _PULLING]
        self._nearness = [[_nearness(a, b) for b in sites] for a in sites]
        self._origins: dict[tuple[int, int], array[float]] = {}
        self._destinations: dict[tuple[int, int, int], array[float]] = {}
        weekday = [self.origins(0, slot)[-1] for slot in range(SLOTS_A_DAY)]
        self._scale = TRIPS_A_DAY * len(sites) / sum(weekday) / 30.0

    def a_minute(self, weekend: int, slot: int) -> float:
        """Expected departures a minute in the whole city, in fair weather."""
        volume = WEEKEND_VOLUME if weekend else 1.0
        return self.origins(weekend, slot)[-1] * self._scale * volume

    def origins(self, weekend: int, slot: int) -> array[float]:
        """Cumulative weights of the stations where trips begin."""
        key = weekend, slot
        if key not in self._origins:
            leaving = self._leaving[weekend]
            weights = (site.popularity * leaving[site.kind][slot] for site in self._sites)
            self._origins[key] = array("d", accumulate(weights))
        return self._origins[key]

    def destinations(self, origin: int, weekend: int, slot: int) -> array[float]:
        """Cumulative weights of the stations where a trip from `origin` ends; they change every two hours."""
        block = slot // 4
        key = origin, weekend, block
        if key not in self._destinations:
            pulling = self._pulling[weekend]
            pairs = zip(self._sites, self._nearness[origin], strict=True)
            weights = (site.popularity * pulling[site.kind][block * 4 + 2] * closeness for site, closeness in pairs)
            self._destinations[key] = array("d", accumulate(weights))
        return self._destinations[key]


def _table(curves: dict[str, Bumps]) -> dict[str, list[float]]:
    return {kind: [_height(curves[kind], (slot + 0.5) / 2) for slot in range(SLOTS_A_DAY)] for kind in KINDS}


def _height(bumps: Bumps, hour: float) -> float:
    awake = 0.25 if 6.0 <= hour < 24.0 else 1.0 if hour < 1.5 else 0.4
    return _NIGHT + 0.2 * awake + sum(tall * _bell(hour - peak, width) for peak, width, tall in bumps)


def _bell(hours: float, width: float) -> float:
    around = (hours + 12) % 24 - 12
    return math.exp(-((around / width) ** 2) / 2)


def _nearness(a: Site, b: Site) -> float:
    metres = distance(a.at, b.at)
    if metres == 0.0:
        return 0.25 if a.kind == PARK else 0.01  # a ride around the park ends where it began
    return math.exp(-metres / _REACH) * (1 - math.exp(-((metres / _WALK) ** 2)))
