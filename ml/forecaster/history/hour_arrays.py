"""From an hour's rows to arrays [polls, stations], and from hours to a window."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from collector.snapshot import UNLIMITED_DOCKS
from forecaster.arrays import Floats
from forecaster.history.file_schema import hour_key
from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore, read_object
from forecaster.window import StationSet, Window

VALUES = ("bikes", "docks", "ebikes", "renting")


@dataclass(frozen=True, slots=True)
class HourArrays:
    """One hour's polls: `times` int64[T] epoch seconds, `values` float32[4, T, N] in the order of `VALUES`."""

    times: npt.NDArray[np.int64]
    values: Floats


class HourReader:
    """Pivots hour files onto the columns of one set of stations; rows of other stations are passed over.

    Where any number of bikes fits, the docks are NaN: it is no count to learn from.
    """

    def __init__(self, stations: StationSet) -> None:
        self.stations = stations

    @cached_property
    def _enum(self) -> pl.Enum:
        return pl.Enum(self.stations.ids)

    def read(self, objects: ObjectStore, hour: int) -> HourArrays | None:
        """The polls of an hour (epoch seconds of its start); None when its file is absent or damaged."""
        try:
            return read_object(objects, hour_key(hour), self.decode)
        except (ObjectDamaged, ObjectNotFound):
            return None

    def decode(self, parquet: bytes) -> HourArrays:
        """The polls in an hour file's bytes."""
        renting = (pl.col("is_renting") & pl.col("is_installed")).cast(pl.Float32).alias("renting")
        docks = pl.when(pl.col("docks") < UNLIMITED_DOCKS).then(pl.col("docks")).alias("docks")
        counts = [each.cast(pl.Float32).fill_null(np.nan) for each in (pl.col("bikes"), docks, pl.col("ebikes"))]
        rows = pl.read_parquet(io.BytesIO(parquet)).select(
            pl.col("ts").dt.epoch("s"),
            pl.col("station_id").cast(self._enum, strict=False).to_physical(),
            *counts,
            renting.fill_null(np.nan),
        )
        rows = rows.filter(pl.col("station_id").is_not_null())
        times, at = np.unique(rows["ts"].to_numpy(), return_inverse=True)
        column = rows["station_id"].to_numpy()
        values = np.full((len(VALUES), len(times), len(self.stations.ids)), np.nan, np.float32)
        for layer, name in zip(values, VALUES, strict=True):
            layer[at, column] = rows[name].to_numpy()
        return HourArrays(times, values)


def to_window(stations: StationSet, slabs: Sequence[HourArrays], start: int, end: int) -> Window:
    """The polls of `slabs` (oldest first) with start <= time <= end (epoch seconds)."""
    cut = [(slab, slice(*np.searchsorted(slab.times, [start, end + 1]))) for slab in slabs]
    times = [slab.times[rows] for slab, rows in cut]
    values = [slab.values[:, rows] for slab, rows in cut]
    if not cut:
        times, values = [np.empty(0, np.int64)], [np.empty((len(VALUES), 0, len(stations.ids)), np.float32)]
    bikes, docks, ebikes, renting = np.concatenate(values, axis=1)
    return Window(stations, np.concatenate(times), bikes=bikes, docks=docks, ebikes=ebikes, renting=renting)
