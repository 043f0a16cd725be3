"""The stations file, and what the status rows themselves say of the stations."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import polars as pl

from forecaster.history.file_schema import STATIONS
from forecaster.importing import column_values
from forecaster.importing.parquet_columns import need, open_parquet, read

_LANGUAGE_COLUMN = re.compile(r"name_([a-z]{2,3})")


def open_stations(path: Path) -> pl.DataFrame:
    """The stations named in a file, one row each, in the history's columns, with null where the file is silent."""
    frame, schema = open_parquet(path)
    columns: list[pl.Expr | None] = [
        need(path, schema, "station_id", column_values.identifiers, expected="text or whole numbers"),
        read(path, schema, "name", _texts, expected="text"),
        read(path, schema, "names", _texts, expected="text (JSON)"),
        read(path, schema, "lat", lambda c, t: column_values.degrees(c, t, 90), expected="degrees"),
        read(path, schema, "lon", lambda c, t: column_values.degrees(c, t, 180), expected="degrees"),
        read(path, schema, "capacity", column_values.counts, expected="whole numbers"),
        read(path, schema, "first_seen", column_values.times, expected="times"),
        read(path, schema, "last_seen", column_values.times, expected="times"),
    ]
    languages: dict[str, pl.Expr] = {
        match[1]: pl.col(match[0]) for name in schema if (match := _LANGUAGE_COLUMN.fullmatch(name))
    }
    if "names" not in schema and languages:
        columns.append(
            pl.struct([column.alias(language) for language, column in languages.items()])
            .map_elements(_to_json, pl.String)
            .alias("names")
        )
    table = frame.select([column for column in columns if column is not None]).collect()
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in STATIONS.items() if name not in table.columns]
    table = table.with_columns(absent).select(STATIONS.names()).filter(pl.col("station_id").is_not_null())
    nowhere = (pl.col("lat") == 0) & (pl.col("lon") == 0) | pl.col("lat").is_null() | pl.col("lon").is_null()
    placed = [pl.when(~nowhere).then(pl.col(name)).alias(name) for name in ("lat", "lon")]
    return table.with_columns(placed).unique("station_id", keep="first", maintain_order=True)


def observed_stations(rows: pl.LazyFrame) -> pl.LazyFrame:
    """What good status rows say of each station: first and last time seen, and the capacity they suggest.

    That is the capacity named most often, else the most frequent sum of bikes and docks.
    """
    room = pl.coalesce("capacity", pl.col("bikes") + pl.col("docks"))
    tally = rows.group_by("station_id", room.alias("capacity")).agg(
        pl.len().alias("times"), pl.col("ts").min().alias("first_seen"), pl.col("ts").max().alias("last_seen")
    )
    most = pl.col("capacity").sort_by(pl.col("capacity").is_not_null(), "times", "capacity").last()
    return tally.group_by("station_id").agg(most, pl.col("first_seen").min(), pl.col("last_seen").max())


def describe(named: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The station table of an import: all stations seen, with what the stations file adds (it takes precedence)."""
    both = seen.join(named, on="station_id", how="left", suffix="_named")
    first = pl.min_horizontal("first_seen", "first_seen_named").alias("first_seen")
    last = pl.max_horizontal("last_seen", "last_seen_named").alias("last_seen")
    return both.with_columns(
        pl.col("name").fill_null(pl.col("station_id")),
        pl.coalesce("capacity_named", "capacity").alias("capacity"),
        first,
        last,
    ).select(pl.col(name).cast(dtype) for name, dtype in STATIONS.items())


def _texts(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if isinstance(dtype, pl.List | pl.Struct | pl.Array | pl.Binary):
        return None
    return column.cast(pl.String)


def _to_json(names: dict[str, str | None]) -> str:
    return orjson.dumps({language: name for language, name in names.items() if name}).decode()
