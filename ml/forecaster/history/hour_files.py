"""Writing hour files: rows split by hour, each merged into its file."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from forecaster.history.file_schema import HOUR, STATUS, hour_key, read_status, to_parquet
from forecaster.objects import ObjectStore, change, replaceable

KEY = ["ts", "station_id"]


def split_hours(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows hour by hour: (start of the hour in epoch seconds, its rows)."""
    rows = rows.select(STATUS.names()).cast(STATUS)
    hours = rows.with_columns(_hour=pl.col("ts").dt.epoch("s") // HOUR * HOUR)
    for (hour,), part in hours.partition_by("_hour", as_dict=True, include_key=False).items():
        yield int(hour), part


def merge_hour(objects: ObjectStore, hour: int, rows: pl.DataFrame) -> bool:
    """Merge `rows`, all of that hour, into the hour's file; whether the file changed.

    A damaged file is set aside and begun anew.
    """
    key = hour_key(hour)

    def edit(data: bytes | None) -> bytes | None:
        old = replaceable(objects, key, data, read_status)
        if old is None:
            return to_parquet(tidy(rows))
        merged = tidy(pl.concat([old, rows]))
        return None if merged.height == old.height else to_parquet(merged)

    return change(objects, key, edit)


def tidy(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted by time and station, the first of several rows with one key kept."""
    return rows.unique(KEY, keep="first", maintain_order=True).sort(KEY)
