"""What a poll does not say of its stations, as it was known before.

A feed that begins while its file of names is away would otherwise put ids in the place of names, and could not say how
many docks are free where that follows from the capacity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import StationValue

_MISPLACED = frozenset({"bad_position", "far_position", "impossible_position", "zero_position"})


def with_remembered(snapshot: Snapshot, store: SnapshotStore) -> Snapshot:
    """The snapshot with what the store knows of the same system's stations, as far as the poll does not say it."""
    misplaced = not _MISPLACED.isdisjoint(snapshot.rejected)
    incomplete = {station.id for station in snapshot.stations if _incomplete(station, misplaced=misplaced)}
    if not incomplete:
        return snapshot
    newest = store.latest()
    if newest is None or newest.header.system.id != snapshot.system.id:
        return snapshot
    return completed(snapshot, store.station_values(incomplete))


def completed(snapshot: Snapshot, remembered: Mapping[str, StationValue]) -> Snapshot:
    """The snapshot with names, positions, capacities and what follows from them out of `remembered`, by station id."""
    stations = tuple(
        _completed(station, remembered[station.id]) if station.id in remembered else station
        for station in snapshot.stations
    )
    return replace(snapshot, stations=stations)


def _incomplete(station: Station, *, misplaced: bool) -> bool:
    return station.name == station.id or station.docks is None or (misplaced and station.lat is None)


def _completed(station: Station, remembered: StationValue) -> Station:
    nameless = station.name == station.id
    placed = station.lat is not None and station.lon is not None
    station = replace(
        station,
        name=remembered.name if nameless else station.name,
        names=station.names or (dict(remembered.names) if nameless else {}),
        lat=station.lat if placed else remembered.lat,
        lon=station.lon if placed else remembered.lon,
        capacity=remembered.capacity if station.capacity is None else station.capacity,
    )
    return station if station.docks is not None else replace(station, docks=_docks(station, remembered))


def _docks(station: Station, remembered: StationValue) -> int | None:
    if remembered.unlimited:
        return UNLIMITED_DOCKS
    return None if station.capacity is None else max(station.capacity - station.bikes, 0)
