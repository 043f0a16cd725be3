"""One station's past: what is known, unknown and unlimited stay apart, and hours that are over are read once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from collector.snapshot import UNLIMITED_DOCKS
from forecaster.history import History
from forecaster.history.file_schema import STATUS, hour_key
from forecaster.history.past_reader import PastPoll, PastReader
from forecaster.objects import Blob
from forecaster.objects.folder import FolderObjects

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = int(NOON.timestamp())
LATER = START + 86400


def rows(at: datetime, **docks: int | None) -> pl.DataFrame:
    """One poll: three bikes everywhere, free docks by station."""
    flags = {"is_installed": True, "is_renting": True, "is_returning": True}
    known = {"ts": at, "bikes": 3, "ebikes": None, "capacity": None} | flags
    return pl.DataFrame([known | {"station_id": name, "docks": free} for name, free in docks.items()], STATUS)


class TestSeries:
    def test_keeps_unknown_and_unlimited_docks_apart(self, history: History) -> None:
        history.write(rows(NOON, a=None, b=UNLIMITED_DOCKS, c=0, d=7))
        docks = {name: PastReader(history).series(name, START, LATER, now=LATER)[0].docks for name in "abcd"}
        assert docks == {"a": None, "b": UNLIMITED_DOCKS, "c": 0, "d": 7}

    def test_keeps_to_its_span_in_order_and_passes_over_polls_without_the_station(self, history: History) -> None:
        for minutes in (100, 0, 5, 60):
            history.write(rows(NOON + timedelta(minutes=minutes), **({"b": 1} if minutes == 5 else {"a": minutes})))
        polls = PastReader(history).series("a", START, START + 3600, now=LATER)
        assert polls == [PastPoll(START, 3, 0, None, True), PastPoll(START + 3600, 3, 60, None, True)]
        assert PastReader(history).series("z", START, LATER, now=LATER) == []

    def test_leaves_a_damaged_hour_out(self, history: History) -> None:
        history.write(rows(NOON, a=1))
        history.write(rows(NOON + timedelta(hours=1), a=2))
        history.objects.put(hour_key(START), b"no parquet")
        assert [past.docks for past in PastReader(history).series("a", START, LATER, now=LATER)] == [2]


class CountingObjects(FolderObjects):
    """A folder that counts what is read."""

    reads = 0

    def get(self, key: str) -> Blob:
        self.reads += 1
        return super().get(key)


class TestKeptHours:
    @pytest.fixture
    def counted(self, tmp_path: Path) -> CountingObjects:
        objects = CountingObjects(tmp_path / "counted")
        for hour in range(4):
            History(objects).write(rows(NOON + timedelta(hours=hour), a=hour, b=hour))
        objects.reads = 0
        return objects

    def test_an_hour_that_is_over_is_read_once_for_all_stations(self, counted: CountingObjects) -> None:
        reader = PastReader(History(counted))
        for name in "aba":
            assert [past.docks for past in reader.series(name, START, LATER, now=LATER)] == [0, 1, 2, 3]
        assert counted.reads == 4

    def test_hours_still_written_to_are_read_every_time(self, counted: CountingObjects) -> None:
        reader = PastReader(History(counted))
        now = START + 3 * 3600 + 60
        for _ in range(2):
            reader.series("a", START, now, now=now)
        assert counted.reads == 4 + 3
        assert reader.kept_hours() == 1

    def test_a_late_import_shows_after_a_while(self, counted: CountingObjects) -> None:
        seconds = [0.0]
        reader = PastReader(History(counted), monotonic=lambda: seconds[0])
        reader.series("a", START, START + 60, now=LATER)
        History(counted).write(rows(NOON + timedelta(minutes=1), a=9, c=8))
        seconds[0] += 599
        assert len(reader.series("a", START, START + 60, now=LATER)) == 1
        seconds[0] += 2
        assert [past.docks for past in reader.series("a", START, START + 60, now=LATER)] == [0, 9]
        assert [past.docks for past in reader.series("c", START, START + 60, now=LATER)] == [8]

    def test_memory_is_bounded(self, counted: CountingObjects) -> None:
        reader = PastReader(History(counted), kept_bytes=50)
        assert len(reader.series("a", START, LATER, now=LATER)) == 4
        assert reader.kept_hours() < 4
