"""The station table: one row for every station ever seen."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecaster.history.file_schema import STATIONS
from forecaster.history.system_record import SystemRecord
from forecaster.window import StationSet


def merge_tables(old: pl.DataFrame | None, new: pl.DataFrame) -> pl.DataFrame:
    """Both tables in one, sorted by id: what `new` knows goes first, the span seen is the union of both."""
    new = new.select(STATIONS.names()).cast(STATIONS)
    both = new if old is None else pl.concat([new, old])
    newest_known = [pl.col(name).drop_nulls().first() for name in ("name", "names", "lat", "lon", "capacity")]
    seen = [pl.col("first_seen").min(), pl.col("last_seen").max()]
    return both.group_by("station_id", maintain_order=True).agg(*newest_known, *seen).sort("station_id")


def to_stations(table: pl.DataFrame, system: SystemRecord | None) -> StationSet:
    """The table as arrays, in its own order."""

    def floats(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()

    return StationSet(
        ids=tuple(table["station_id"].to_list()),
        lat=floats("lat"),
        lon=floats("lon"),
        capacity=floats("capacity"),
        first_seen=table["first_seen"].dt.epoch("s").cast(pl.Float64).fill_null(np.nan).to_numpy(),
        timezone=system.timezone if system else "UTC",
        country=system.country if system else None,
    )
