"""Recorded data sets as snapshots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from collector.feeds.replay_feed import ReplayFeed
from forecaster.importing import ImportRefused, SystemHint
from forecaster.recorded_polls import RecordedPolls

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two stations, three polls at odd times, out of order and one row double; b has neither capacity nor docks."""
    minutes, ids = [13, 0, 0, 22, 0], ["a", "a", "b", "a", "a"]
    columns = {"ts": [NOON + timedelta(minutes=m) for m in minutes], "station_id": ids}
    counts = {
        "bikes": [3, 1, 2, 4, 1],
        "docks": [7, None, None, 6, None],
        "is_renting": [False, True, True, True, True],
    }
    pl.DataFrame(columns | counts).write_parquet(tmp_path / "status.parquet")
    stations = {"station_id": ["a", "b"], "name": ["A", "B"], "name_ko": ["가", None], "capacity": [10, None]}
    place = {"lat": [37.5, 37.5], "lon": [127.0, 127.0]}
    pl.DataFrame(stations | place).write_parquet(tmp_path / "stations.parquet")
    return tmp_path / "status.parquet", tmp_path / "stations.parquet"


def test_a_snapshot_a_poll_in_order(files: tuple[Path, Path]) -> None:
    recorded = RecordedPolls(*files, place=SystemHint(name="My City"))
    snapshots = list(recorded)
    assert [(s.observed_at - NOON).total_seconds() / 60 for s in snapshots] == [0, 13, 22]
    assert [(s.window - NOON).total_seconds() / 60 for s in snapshots] == [0, 10, 20]
    assert len(recorded) == 3
    assert recorded.span == (NOON, NOON + timedelta(minutes=22))
    assert (recorded.system.id, recorded.system.timezone) == ("my-city", "Asia/Seoul")
    first = {station.id: station for station in snapshots[0].stations}
    assert (first["a"].bikes, first["a"].docks, first["a"].capacity) == (1, 9, 10)
    assert (first["a"].names, first["a"].lat, first["a"].renting) == ({"ko": "가"}, 37.5, True)
    assert first["b"].docks is None
    assert not snapshots[1].stations[0].renting


def test_only_a_stretch(files: tuple[Path, Path]) -> None:
    recorded = RecordedPolls(*files, start=NOON + timedelta(minutes=1), end=NOON + timedelta(minutes=22))
    assert [s.stations[0].bikes for s in recorded] == [3]
    with pytest.raises(ImportRefused, match="no poll before 2026-11-20 12:00"):
        RecordedPolls(*files, end=NOON)


def test_events_are_filled_forward(files: tuple[Path, Path]) -> None:
    snapshots = list(RecordedPolls(*files, events=True))
    assert [{s.id: s.bikes for s in snapshot.stations} for snapshot in snapshots] == [
        {"a": 1, "b": 2},
        {"a": 1, "b": 2},
        {"a": 1, "b": 2},
        {"a": 3, "b": 2},
        {"a": 3, "b": 2},
    ]


def test_the_replay_feed_plays_it(files: tuple[Path, Path]) -> None:
    recorded = RecordedPolls(*files)
    feed = ReplayFeed(recorded.system, iter(recorded))
    assert feed.fetch(NOON + timedelta(minutes=14)).stations[0].bikes == 3


@pytest.mark.parametrize("city", ["boston/grid5min_2021-09_2021-11", "taipei/status", "boulder/status"])
def test_recorded_cities(shared_data: Path, city: str) -> None:
    path = shared_data / "bikes" / f"{city}.parquet"
    start = datetime(2021, 11, 20, tzinfo=UTC) if "boston" in city else None
    recorded = RecordedPolls(path, path.parent / "stations.parquet", start=start)
    snapshots = list(islice(recorded, 3))
    assert len({snapshot.window for snapshot in snapshots}) == 3
    for snapshot in snapshots:
        assert len(snapshot.stations) > 40
        assert all(station.capacity is not None and station.docks < 200 for station in snapshot.stations)
