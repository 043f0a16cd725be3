"""Change events: a row a change, to be filled forward onto our five-minute grid."""

from __future__ import annotations

import numpy as np
import polars as pl

from collector.snapshot import POLL_SECONDS
from forecaster.arrays import Ints
from forecaster.history.file_schema import STATUS, TIME

SILENCE = 3 * 86400  # seconds; a station without an event for longer counts as unknown
OUTAGE = 6 * 3600  # seconds; no event of any station for longer is an outage of the recording


def event_grid(times: Ints) -> Ints:
    """The grid's times (epoch seconds) between the first and the last event, without those in an outage."""
    grid = np.arange(-(-times[0] // POLL_SECONDS), times[-1] // POLL_SECONDS + 1, dtype=np.int64) * POLL_SECONDS
    last_word = times[np.searchsorted(times, grid, side="right") - 1]
    return grid[grid - last_word <= OUTAGE]


def fill_forward(events: pl.LazyFrame, grid: Ints) -> pl.DataFrame:
    """The stations as they were at each time of `grid`: the last event at or before it, within `SILENCE`.

    `events` has the history's columns. A station appears from its first event on.
    """
    around = pl.col("ts").dt.epoch("s").is_between(int(grid[0]) - SILENCE, int(grid[-1]))
    in_grid = events.filter(around).collect(engine="streaming").sort("ts", maintain_order=True)
    stations = in_grid.select(pl.col("station_id").unique(maintain_order=True))
    slots = pl.DataFrame({"ts": grid * 1000}).with_columns(pl.col("ts").cast(pl.Datetime("ms")).cast(TIME))
    cells = slots.join(stations, how="cross").set_sorted("ts")
    filled = cells.join_asof(
        in_grid.set_sorted("ts"),
        on="ts",
        by="station_id",
        strategy="backward",
        tolerance=f"{SILENCE}s",
        check_sortedness=False,  # both are sorted by time as a whole
    )
    return filled.filter(pl.col("bikes").is_not_null()).select(STATUS.names())
