"""Stations' positions, capacities and ages, from their values in Redis and from the history."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import StationValue
from forecaster.arrays import Doubles
from forecaster.window import StationSet


class StationTableSource(Protocol):
    """Where the station table is read from: the history."""

    def __call__(self) -> StationSet | None:
        """The station table; None when there is none yet, or its store does not answer."""
        ...


class StationMetadata:
    """Positions and capacities from Redis; first seen, and the country, from the history."""

    def __init__(self, store: SnapshotStore, read_table: StationTableSource = lambda: None) -> None:
        self._store = store
        self._read_table = read_table
        self._last_table: StationSet | None = None  # the last table read, for when the history cannot be

    def __call__(self, ids: tuple[str, ...]) -> StationSet:
        """The metadata of these stations, in this order; NaN where unknown."""
        newest = self._store.latest()
        table = self._last_table = self._read_table() or self._last_table
        values_by_id = self._store.station_values(ids)
        values = [values_by_id.get(station_id) for station_id in ids]
        timezone = newest.header.system.timezone if newest is not None else "UTC"
        return StationSet(
            ids=ids,
            lat=_column(values, "lat"),
            lon=_column(values, "lon"),
            capacity=_column(values, "capacity"),
            first_seen=_first_seen(ids, table),
            timezone=timezone,
            country=None if table is None else table.country,
        )


def _column(values: list[StationValue | None], name: str) -> Doubles:
    numbers = (None if value is None else getattr(value, name) for value in values)
    return np.array([np.nan if number is None else number for number in numbers], np.float64)


def _first_seen(ids: tuple[str, ...], table: StationSet | None) -> Doubles:
    if table is None:
        return np.full(len(ids), np.nan)
    seen = dict(zip(table.ids, table.first_seen.tolist(), strict=True))
    return np.array([seen.get(name, np.nan) for name in ids], np.float64)
