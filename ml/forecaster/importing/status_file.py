"""The status file of a recording, read into the history's columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecaster.history.file_schema import STATUS
from forecaster.importing import column_values
from forecaster.importing.errors import ImportRefused
from forecaster.importing.parquet_columns import find, need, open_parquet, read

COUNT = "whole numbers"


@dataclass(frozen=True, slots=True)
class StatusFile:
    """A status file, not read yet: `rows` has the history's columns, with null where a value could not be read."""

    path: Path
    rows: pl.LazyFrame
    wordy: bool = False  # numbers or times are text, slow to read

    def settled(self, folder: Path) -> StatusFile:
        """The same, quick to read however often: read once and kept as Parquet in `folder`.

        `ImportRefused` when it cannot be read.
        """
        copy = folder / "status.parquet"
        try:
            self.rows.sink_parquet(copy, compression="lz4")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ImportRefused(f"{self.path}: cannot be read ({str(error).splitlines()[0]})") from error
        return StatusFile(self.path, pl.scan_parquet(copy))

    def good(self) -> pl.LazyFrame:
        """The rows with a time, a station and a count of bikes."""
        return self.rows.filter(pl.all_horizontal(pl.col("ts", "station_id", "bikes").is_not_null()))


def open_status(path: Path) -> StatusFile:
    """Open a status file; raises `ImportRefused`, one line that names what is missing."""
    frame, schema = open_parquet(path)
    columns = [
        need(path, schema, "ts", column_values.times, expected="datetimes, ISO 8601 text or epoch numbers"),
        need(path, schema, "station_id", column_values.identifiers, expected="text or whole numbers"),
        need(path, schema, "bikes", column_values.counts, expected=COUNT),
    ]
    optional = {name: read(path, schema, name, column_values.counts, expected=COUNT) for name in ("docks", "capacity")}
    if not any(column is not None for column in optional.values()):
        raise ImportRefused(f"{path}: neither 'docks' nor 'capacity' among {', '.join(schema.names())}")
    optional["ebikes"] = read(path, schema, "ebikes", column_values.counts, expected=COUNT)
    for name in ("is_installed", "is_renting", "is_returning"):
        flag = read(path, schema, name, column_values.flags, expected="true and false")
        optional[name] = flag if flag is not None else pl.lit(value=True).alias(name)
    for name, column in optional.items():
        columns.append(column if column is not None else pl.lit(None, STATUS[name]).alias(name))
    used = (find(schema, name) for name in STATUS if name != "station_id")
    wordy = any(column is not None and schema[column] == pl.String for column in used)
    return StatusFile(path, frame.select(columns).select(STATUS.names()), wordy)


def complete(rows: pl.LazyFrame, capacities: pl.DataFrame) -> pl.LazyFrame:
    """Fill missing values: docks are capacity minus bikes, never below zero.

    `capacities` (station_id, known) says what is known of a station where its rows are silent.
    """
    joined = rows.join(capacities.lazy(), on="station_id", how="left")
    capacity = pl.coalesce("capacity", "known")
    free = (capacity - pl.col("bikes")).clip(lower_bound=0)
    return joined.with_columns(docks=pl.coalesce("docks", free)).select(STATUS.names())
