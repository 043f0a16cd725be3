"""What a partial poll does not say of its stations, as it was known before.

A feed that begins while its file of names is away would otherwise put ids in the place of names, and take docks that
follow from the capacity for docks without number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station


def lacks(snapshot: Snapshot) -> bool:
    """Whether there is something to remember."""
    return snapshot.partial and any(_nameless(station) for station in snapshot.stations)


def remembered(snapshot: Snapshot, known: Mapping[str, bytes]) -> Snapshot:
    """The snapshot with names, positions and capacities out of `known` (the store's values by station id)."""
    stations = tuple(
        _completed(station, orjson.loads(known[station.id])) if _nameless(station) and station.id in known else station
        for station in snapshot.stations
    )
    return replace(snapshot, stations=stations)


def _nameless(station: Station) -> bool:
    return station.name == station.id


def _completed(station: Station, known: dict[str, Any]) -> Station:
    station = replace(
        station,
        name=known["name"],
        names=station.names or known.get("names", {}),
        lat=known.get("lat") if station.lat is None else station.lat,
        lon=known.get("lon") if station.lon is None else station.lon,
        capacity=known.get("capacity") if station.capacity is None else station.capacity,
    )
    if station.docks == UNLIMITED_DOCKS and station.capacity is not None and not known.get("unlimited"):
        return replace(station, docks=max(station.capacity - station.bikes, 0))
    return station
