"""From entries of the stream to rows of the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import polars as pl

from collector.storage.station_value import StationValue
from collector.storage.stream_entry import COLUMNS, INSTALLED, RENTING, RETURNING, UNKNOWN, StreamEntry
from forecaster.history.file_schema import STATIONS, STATUS


def entry_rows(entry: StreamEntry) -> pl.DataFrame:
    """An entry as rows of `file_schema.STATUS`."""
    columns = {name: np.frombuffer(entry.column(name), COLUMNS[name]) for name in COLUMNS}
    flags = columns["flags"]
    optional = {name: pl.Series(columns[name], dtype=pl.Int16) for name in ("docks", "ebikes", "capacity")}
    return (
        pl.DataFrame(
            {
                "station_id": entry.ids,
                "bikes": columns["bikes"],
                **{name: column.set(column == UNKNOWN, None) for name, column in optional.items()},
                "is_installed": (flags & INSTALLED) > 0,
                "is_renting": (flags & RENTING) > 0,
                "is_returning": (flags & RETURNING) > 0,
            }
        )
        .select(pl.lit(entry.header.observed_at).dt.truncate("1s").alias("ts"), pl.all())
        .select(STATUS.names())
        .cast(STATUS)
    )


def station_rows(polls: pl.DataFrame, values: Mapping[str, StationValue]) -> pl.DataFrame:
    """The stations of `polls` (columns of `file_schema.STATUS`) as rows of `file_schema.STATIONS`.

    `values` are the stations' values in Redis by id: names and positions do not travel in the stream.
    """
    seen = polls.group_by("station_id", maintain_order=True).agg(
        pl.col("capacity").drop_nulls().last(), first_seen=pl.col("ts").min(), last_seen=pl.col("ts").max()
    )
    stations = [values.get(station_id) for station_id in seen["station_id"]]
    wanted = {name: STATIONS[name] for name in ("name", "names", "lat", "lon")}
    facts = pl.DataFrame([_described(station) for station in stations], schema=wanted, orient="row")
    return seen.hstack(facts).select(STATIONS.names()).cast(STATIONS)


def _described(station: StationValue | None) -> tuple[Any, ...]:
    """Name, names (JSON), latitude and longitude; None where unknown."""
    if station is None:
        return None, None, None, None
    names = orjson.dumps(station.names).decode() if station.names else None
    return station.name, names, station.lat, station.lon
