"""Snapshots as rows of the history: weeks of them at once, where the archiver goes poll by poll."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from collector.snapshot import Snapshot
from collector.storage.station_value import read_stations, station_value
from forecaster.archiving import poll_rows
from forecaster.history.file_schema import STATUS, TIME


def status_rows(snapshots: Sequence[Snapshot]) -> pl.DataFrame:
    """A row a station and poll (columns of `layout.STATUS`)."""
    stations = [station for snapshot in snapshots for station in snapshot.stations]
    times = np.array([int(snapshot.observed_at.timestamp()) * 1000 for snapshot in snapshots])
    columns = {
        "ts": pl.Series(np.repeat(times, [len(snapshot.stations) for snapshot in snapshots])).cast(TIME),
        "station_id": pl.Series([station.id for station in stations], dtype=pl.String),
        "bikes": pl.Series([station.bikes for station in stations], dtype=pl.Int16),
        "docks": pl.Series([station.docks for station in stations], dtype=pl.Int16),
        "ebikes": pl.Series([station.ebikes for station in stations], dtype=pl.Int16),
        "capacity": pl.Series([station.capacity for station in stations], dtype=pl.Int16),
        "is_installed": pl.Series([station.installed for station in stations], dtype=pl.Boolean),
        "is_renting": pl.Series([station.renting for station in stations], dtype=pl.Boolean),
        "is_returning": pl.Series([station.returning for station in stations], dtype=pl.Boolean),
    }
    return pl.DataFrame(columns, STATUS)


def station_rows(polls: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """A row a station of `polls` (columns of `layout.STATIONS`), described as in `snapshot`."""
    return poll_rows.station_rows(
        polls, read_stations({station.id: station_value(station, snapshot) for station in snapshot.stations})
    )
