"""Changes filled forward, beside a grid that somebody else made of the same changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from forecaster.importing.change_events import OUTAGE, event_grid, fill_forward
from forecaster.importing.status_file import open_status


def test_the_grid_lies_on_five_minutes_and_leaves_outages_out() -> None:
    times = np.array([601, 905, 905 + OUTAGE + 1000], np.int64)
    grid = event_grid(times)
    assert grid[:3].tolist() == [900, 1200, 1500]
    assert (grid % 300 == 0).all()
    assert grid[-1] == (905 + OUTAGE) // 300 * 300


def test_less_than_five_minutes_make_no_grid() -> None:
    assert len(event_grid(np.array([601, 640], np.int64))) == 0


def test_boston_as_others_filled_it(shared_data: Path) -> None:
    """The recorded grid carries the last value on for ever, ours for three days: where both speak they agree."""
    folder = shared_data / "bikes" / "boston"
    start, end = datetime(2021, 9, 20, tzinfo=UTC), datetime(2021, 9, 21, tzinfo=UTC)
    grid = np.arange(int(start.timestamp()), int(end.timestamp()), 300, np.int64)
    ours = fill_forward(open_status(folder / "events_2021-06_2022-03.parquet").good(), grid)
    theirs = (
        pl.scan_parquet(folder / "grid5min_2021-09_2021-11.parquet")
        .filter(pl.col("ts").is_between(start, end, closed="left"))
        .with_columns(pl.col("station_id").cast(pl.String))
        .collect()
    )
    both = theirs.join(ours, on=["ts", "station_id"], suffix="_ours")
    assert both.height == ours.height
    assert both.height > 0.97 * theirs.height
    for column in ("bikes", "docks", "is_renting"):
        assert both[column].equals(both[f"{column}_ours"].rename(column))
