"""When the system was polled, and which of the polls are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from forecaster.arrays import Ints
from forecaster.history.file_schema import HOUR
from forecaster.importing.errors import ImportRefused

SHORTEST_GAP = 150  # seconds; polled more often than that, at least two polls fit into our five minutes
KEPT_GAP = 270  # seconds between the polls then kept: five minutes, less the jitter of a poll
SPARSE = 0.1  # a poll that names fewer of the stations than this is not a poll of the system


def poll_times(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The times in good status rows, oldest first, with the number of rows at each."""
    return rows.group_by(pl.col("ts").dt.epoch("s").alias("at")).agg(pl.len().alias("rows")).sort("at")


def check_polls(path: Path, polls: pl.DataFrame, stations: int) -> None:
    """Refuse change events where polls of the whole system are expected."""
    typical = polls["rows"].median()
    if stations >= 10 and isinstance(typical, float) and typical < SPARSE * stations:
        raise ImportRefused(
            f"{path}: its times name {typical:g} of {stations} stations each, so these are changes, "
            "not polls of the system: add --events to fill them forward"
        )


def thin(times: Ints) -> Ints:
    """The polls to keep of `times` (epoch seconds, increasing).

    Where the system was polled so often that two polls fit into five minutes, each poll kept is the first at least
    `KEPT_GAP` after the one before: more rows would say little and cost much. Otherwise all.
    """
    if len(times) < 3 or float(np.median(np.diff(times))) > SHORTEST_GAP:
        return times
    times_kept = [int(times[0])]
    for time in times.tolist():
        if time - times_kept[-1] >= KEPT_GAP:
            times_kept.append(time)
    return np.array(times_kept, np.int64)


def stretches(polls: pl.DataFrame, rows_at_once: int) -> Iterator[tuple[int, int, int]]:
    """Cut the polls (`at`, `rows`) into stretches of whole hours with about `rows_at_once` rows: (start, end, rows)."""
    hourly = polls.group_by((pl.col("at") // HOUR * HOUR).alias("hour")).agg(pl.col("rows").sum()).sort("hour")
    start, gathered = None, 0
    for hour, rows in hourly.iter_rows():
        if start is not None and gathered + rows > rows_at_once:
            yield start, hour, gathered
            start, gathered = None, 0
        start = hour if start is None else start
        gathered += rows
    if start is not None:
        yield start, hourly["hour"][-1] + HOUR, gathered
