"""A recording as the source of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from collector.snapshot import window_of
from pedalcast.embedded.poll_driver import POLL
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.sources.replay_source import ReplaySource
from pedalcast.embedded.steps import Steps

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
Record = Callable[..., ReplaySource]


@pytest.fixture
def recorded(tmp_path: Path) -> Record:
    """A recording of a station over six hours, each poll `late` for its window, without the minutes in `gap`."""

    def record(late: timedelta = timedelta(0), gap: range = range(0)) -> ReplaySource:
        times = [BEGIN + timedelta(minutes=minute) + late for minute in range(0, 360, 5) if minute not in gap]
        rows = [{"ts": at, "station_id": "a", "bikes": n % 9, "docks": 9 - n % 9} for n, at in enumerate(times)]
        pl.DataFrame(rows).write_parquet(tmp_path / "status.parquet")
        stations = {"station_id": ["a"], "name": ["A"], "lat": [37.5], "lon": [127.0]}
        pl.DataFrame(stations).write_parquet(tmp_path / "stations.parquet")
        files = {"status": tmp_path / "status.parquet", "stations": tmp_path / "stations.parquet"}
        return ReplaySource(RunOptions(**files, replayed=timedelta(hours=2)), Steps())  # type: ignore[arg-type]

    return record


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(seconds=47), timedelta(seconds=299)])
def test_the_first_poll_meets_the_first_record(recorded: Record, late: timedelta) -> None:
    source = recorded(late)
    first = window_of(source.clock().now()) + POLL
    assert source.feed.fetch(first).observed_at == source.start + late
    assert first - source.start <= POLL


def test_a_recording_that_goes_on_later_is_waited_for_by_nobody(recorded: Record) -> None:
    source = recorded(gap=range(240, 290))
    first = window_of(source.clock().now()) + POLL
    assert source.feed.fetch(first).observed_at == BEGIN + timedelta(minutes=290) == first
