"""Opening the files of a data set, and choosing their columns under the names they may go by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from forecaster.importing.errors import ImportRefused

Reader = Callable[[pl.Expr, pl.DataType], pl.Expr | None]
ALIASES = {  # our name -> names that feeds use for the same, in order of preference
    "ts": ("ts", "timestamp", "time", "observed_at", "last_updated"),
    "station_id": ("station_id", "id"),
    "bikes": ("bikes", "num_bikes_available", "num_vehicles_available"),
    "docks": ("docks", "num_docks_available"),
    "ebikes": ("ebikes", "num_ebikes_available"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
}


def open_parquet(path: Path) -> tuple[pl.LazyFrame, pl.Schema]:
    """The file, not read yet, and its columns. `ImportRefused` when it is absent or no Parquet."""
    if not path.exists():
        raise ImportRefused(f"{path}: no such file")
    frame = pl.scan_parquet(path)
    try:
        return frame, frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ImportRefused(f"{path}: not a Parquet file ({str(error).splitlines()[0]})") from error


def find(schema: pl.Schema, name: str) -> str | None:
    """The column that holds `name`, under whichever of its names."""
    return next((alias for alias in ALIASES.get(name, (name,)) if alias in schema), None)


def read(path: Path, schema: pl.Schema, name: str, reader: Reader, *, expected: str) -> pl.Expr | None:
    """The column `name` as `reader` reads it; None when there is none, `ImportRefused` when its type cannot be read."""
    column = find(schema, name)
    if column is None:
        return None
    empty = schema[column] == pl.Null  # a column without any value has no type either
    converted = reader(
        pl.col(column).cast(pl.String) if empty else pl.col(column), pl.String() if empty else schema[column]
    )
    if converted is None:
        raise ImportRefused(f"{path}: column {column!r} is {schema[column]}, expected {expected}")
    return converted.alias(name)


def need(path: Path, schema: pl.Schema, name: str, reader: Reader, *, expected: str) -> pl.Expr:
    """As `read`, for a column that must be there."""
    converted = read(path, schema, name, reader, expected=expected)
    if converted is None:
        raise ImportRefused(f"{path}: no column {name!r} among {', '.join(schema.names())}")
    return converted
