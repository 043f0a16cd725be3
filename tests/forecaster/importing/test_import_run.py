"""The import as a whole: from files as people make them to windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from forecaster.arrays import Floats
from forecaster.history import History
from forecaster.importing import ImportRefused, ImportReport, SystemHint, import_recorded

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATIONS = {
    "station_id": ["a", "b"],
    "name": ["A", "B"],
    "lat": [37.5, 37.6],
    "lon": [127.0, 127.1],
    "capacity": [10, 20],
}


class Recording:
    """A data set in two files, and its import."""

    def __init__(self, folder: Path, history: History) -> None:
        self.status_path, self.stations_path = folder / "status.parquet", folder / "stations.parquet"
        self.history = history
        self.stations(**STATIONS)

    def status(self, **columns: Any) -> Recording:
        pl.DataFrame(columns).write_parquet(self.status_path)
        return self

    def stations(self, **columns: Any) -> Recording:
        pl.DataFrame(columns).write_parquet(self.stations_path)
        return self

    def load(self, **options: Any) -> ImportReport:
        return import_recorded(self.history, self.status_path, self.stations_path, **options)

    def bikes(self) -> list[list[float | None]]:
        return _none_for_nan(self.history.window(NOON - timedelta(days=9), NOON + timedelta(days=9)).bikes)

    def docks(self) -> list[list[float | None]]:
        return _none_for_nan(self.history.window(NOON - timedelta(days=9), NOON + timedelta(days=9)).docks)


def _none_for_nan(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(value) else float(value) for value in row] for row in values]


@pytest.fixture
def recording(tmp_path: Path, history: History) -> Recording:
    """An empty recording of stations a (10 docks) and b (20 docks) in Seoul."""
    return Recording(tmp_path, history)


def minutes(*after_noon: float) -> list[datetime]:
    return [NOON + timedelta(minutes=minute) for minute in after_noon]


class TestGrid:
    def test_whole(self, recording: Recording) -> None:
        report = recording.status(
            ts=minutes(0, 0, 10, 10), station_id=["a", "b", "a", "b"], bikes=[1, 2, 3, 4], docks=[9, 18, 6, 16]
        ).load()
        assert recording.bikes() == [[1, 2], [3, 4]]
        assert recording.docks() == [[9, 18], [6, 16]]
        assert (report.rows_read, report.rows_kept, report.polls_kept, report.stations) == (4, 4, 2, 2)
        assert (report.system.timezone, report.system.country) == ("Asia/Seoul", "KR")
        assert (report.first, report.last) == (NOON, NOON + timedelta(minutes=10))

    def test_twice_changes_nothing(self, recording: Recording) -> None:
        recording.status(ts=minutes(0, 60), station_id=["a", "a"], bikes=[1, 2], docks=[9, 8])
        assert recording.load().changed_files == 2
        before = {key: recording.history.objects.get(key) for key in recording.history.objects.list()}
        assert recording.load().changed_files == 0
        assert {key: recording.history.objects.get(key) for key in recording.history.objects.list()} == before

    def test_another_month_joins_the_first(self, recording: Recording) -> None:
        recording.status(ts=minutes(0), station_id=["a"], bikes=[1], docks=[9]).load(place=SystemHint(name="City"))
        report = recording.status(ts=minutes(60), station_id=["b"], bikes=[2], docks=[9]).load()
        assert recording.bikes() == [[1, None], [None, 2]]
        assert (report.system.id, report.system.name) == ("city", "City")

    def test_only_what_lies_before_a_time(self, recording: Recording) -> None:
        recording.status(ts=minutes(0, 60, 120), station_id=["a"] * 3, bikes=[1, 2, 3], docks=[9, 8, 7])
        report = recording.load(until=NOON + timedelta(minutes=120))
        assert recording.bikes() == [[1], [2]]
        assert report.last == NOON + timedelta(minutes=60)
        with pytest.raises(ImportRefused, match="no poll before 2026-11-20 12:00"):
            recording.load(until=NOON)

    def test_duplicates_count_once(self, recording: Recording) -> None:
        recording.status(ts=minutes(0, 0), station_id=["a", "a"], bikes=[1, 1], docks=[9, 9]).load()
        assert recording.bikes() == [[1]]

    def test_bad_rows_are_set_aside_by_reason(self, recording: Recording) -> None:
        report = recording.status(
            ts=[*minutes(0, 5), None, *minutes(0)],
            station_id=["a", None, "a", "b"],
            bikes=[1, 1, 1, -3],
            docks=[9, 9, 9, 9],
        ).load()
        assert report.rejected == {"bad_ts": 1, "bad_station_id": 1, "bad_bikes": 1}
        assert recording.bikes() == [[1]]

    def test_a_stretch_at_a_time_gives_the_same(self, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("forecaster.importing.row_parts.ROWS_AT_ONCE", 5)
        shares: list[float] = []
        recording.status(ts=minutes(*range(0, 600, 30)), station_id=["a"] * 20, bikes=list(range(20)), docks=[1] * 20)
        recording.load(on_progress=shares.append)
        assert recording.bikes() == [[n] for n in range(20)]
        assert len(shares) == 5
        assert shares == sorted(shares)
        assert shares[-1] == 1


class TestDocksAndCapacity:
    def test_missing_docks_are_capacity_minus_bikes(self, recording: Recording) -> None:
        recording.status(ts=minutes(0, 0), station_id=["a", "b"], bikes=[4, 25], capacity=[10, 20]).load()
        assert recording.docks() == [[6, 0]]

    def test_the_stations_table_helps_where_a_row_is_silent(self, recording: Recording) -> None:
        recording.status(ts=minutes(0, 0), station_id=["a", "b"], bikes=[4, 5], docks=[None, 7]).load()
        assert recording.docks() == [[6, 7]]

    def test_missing_capacity_is_the_most_frequent_sum(self, recording: Recording) -> None:
        recording.stations(station_id=["a"], lat=[37.5], lon=[127.0])
        recording.status(ts=minutes(0, 5, 10), station_id=["a"] * 3, bikes=[1, 2, 3], docks=[9, 8, 6]).load()
        assert recording.history.stations().capacity.tolist() == [10]

    def test_the_stations_file_knows_best(self, recording: Recording) -> None:
        recording.status(ts=minutes(0), station_id=["a"], bikes=[1], docks=[1]).load()
        assert recording.history.stations().capacity.tolist() == [10]


class TestStations:
    def test_stations_nobody_named_come_along(self, recording: Recording) -> None:
        report = recording.status(ts=minutes(0, 0), station_id=["a", "new"], bikes=[1, 2], docks=[9, 3]).load()
        assert report.stations_unnamed == 1
        table = recording.history.table()
        assert table is not None
        assert table.select("station_id", "name", "lat", "capacity").rows() == [
            ("a", "A", 37.5, 10),
            ("new", "new", None, 5),
        ]

    def test_nowhere_is_no_position(self, recording: Recording) -> None:
        recording.stations(station_id=["a", "b"], lat=[0.0, 37.5], lon=[0.0, 127.0])
        recording.status(ts=minutes(0, 0), station_id=["a", "b"], bikes=[1, 2], docks=[9, 3]).load()
        assert recording.history.stations().lat.tolist() == pytest.approx([np.nan, 37.5], nan_ok=True)

    def test_names_in_other_languages(self, recording: Recording) -> None:
        recording.stations(station_id=["a"], name=["역"], name_en=["Station"], lat=[37.5], lon=[127.0])
        recording.status(ts=minutes(0), station_id=["a"], bikes=[1], docks=[9]).load()
        table = recording.history.table()
        assert table is not None
        assert table["names"].to_list() == ['{"en":"Station"}']

    def test_integer_ids_match_text(self, recording: Recording) -> None:
        recording.stations(station_id=["3", "4"], lat=[37.5, 37.5], lon=[127.0, 127.0], capacity=[10, 20])
        report = recording.status(ts=minutes(0, 0), station_id=[3, 4], bikes=[1, 2], capacity=[10, 20]).load()
        assert report.stations_unnamed == 0
        assert recording.docks() == [[9, 18]]


class TestTimes:
    @pytest.mark.parametrize(
        "ts",
        [
            ["2026-11-20T12:00:00Z", "2026-11-20T12:10:00Z"],
            ["2026-11-20T21:00:00+09:00", "2026-11-20T21:10:00+0900"],
            ["2026-11-20 12:00:00", "2026-11-20 12:10"],
            ["2026-11-20 12:00:00.25 UTC", "1795176600"],
            [1795176000, 1795176600],
            [1795176000.0, 1795176600.0],
            [1795176000000, 1795176600000],
            [1795176000000000000, 1795176600000000000],
            [datetime(2026, 11, 20, 12), datetime(2026, 11, 20, 12, 10)],  # noqa: DTZ001 - naive on purpose
            [NOON.astimezone(timezone(timedelta(hours=9))), minutes(10)[0].astimezone(timezone(timedelta(hours=9)))],
        ],
    )
    def test_however_they_come(self, recording: Recording, ts: list[Any]) -> None:
        recording.status(ts=ts, station_id=["a", "a"], bikes=[1, 2], docks=[9, 8]).load()
        window = recording.history.window(NOON - timedelta(days=9), NOON + timedelta(days=9))
        assert window.times.tolist() == [1795176000, 1795176600]

    def test_of_another_zone(self, recording: Recording) -> None:
        ts = pl.Series(minutes(0, 10)).dt.convert_time_zone("America/New_York")
        recording.status(ts=ts, station_id=["a", "a"], bikes=[1, 2], docks=[9, 8]).load()
        assert recording.history.span() == (NOON, NOON + timedelta(minutes=10))


class TestThinning:
    def test_a_poll_a_minute_becomes_one_in_five(self, recording: Recording) -> None:
        ts = [NOON + timedelta(seconds=61 * n) for n in range(100)]
        report = recording.status(ts=ts, station_id=["a"] * 100, bikes=[1] * 100, docks=[9] * 100).load()
        assert (report.polls, report.polls_kept) == (100, 20)
        window = recording.history.window(NOON, ts[-1])
        assert set(np.diff(window.times).tolist()) == {305}

    def test_irregular_polls_stay(self, recording: Recording) -> None:
        ts = minutes(0, 8, 21, 25, 60)
        assert recording.status(ts=ts, station_id=["a"] * 5, bikes=[1] * 5, docks=[9] * 5).load().polls_kept == 5


class TestEvents:
    def test_are_filled_forward(self, recording: Recording) -> None:
        ts = minutes(-1, 7, 12, 21)
        recording.status(ts=ts, station_id=["a", "b", "a", "b"], bikes=[1, 5, 2, 6], docks=[9, 15, 8, 14]).load(
            events=True
        )
        assert recording.bikes() == [[1, None], [1, None], [1, 5], [2, 5], [2, 5]]
        assert recording.docks()[3] == [8, 15]

    def test_a_stretch_at_a_time_gives_the_same(self, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("forecaster.importing.row_parts.ROWS_AT_ONCE", 12)
        recording.status(ts=minutes(0, 130), station_id=["a", "a"], bikes=[1, 2], docks=[9, 8]).load(events=True)
        assert recording.bikes() == [[1]] * 26 + [[2]]

    def test_long_silence_and_outages_are_not_made_up(self, recording: Recording) -> None:
        hours = [*range(0, 120, 4), 127]
        ts = [*minutes(0), *minutes(*(60 * hour for hour in hours))]
        station = ["a", *["b"] * len(hours)]
        recording.status(ts=ts, station_id=station, bikes=[1] * len(ts), docks=[9] * len(ts)).load(events=True)
        window = recording.history.window(NOON, NOON + timedelta(days=9))
        after = (window.times - int(NOON.timestamp())) / 3600
        assert after[~np.isnan(window.bikes[:, 0])].max() == 72
        assert after[-2:].tolist() == [122, 127]

    def test_without_the_flag_they_are_refused(self, recording: Recording) -> None:
        ids = [f"s{n % 20}" for n in range(200)]
        recording.status(ts=minutes(*range(200)), station_id=ids, bikes=[1] * 200, docks=[9] * 200)
        with pytest.raises(ImportRefused, match="add --events"):
            recording.load()


class TestRefusals:
    @pytest.mark.parametrize(
        ("columns", "says"),
        [
            ({"station_id": ["a"], "bikes": [1], "docks": [1]}, "no column 'ts' among station_id, bikes, docks"),
            ({"ts": [NOON], "bikes": [1], "docks": [1]}, "no column 'station_id'"),
            ({"ts": [NOON], "station_id": ["a"], "bikes": [1]}, "neither 'docks' nor 'capacity'"),
            ({"ts": [True], "station_id": ["a"], "bikes": [1], "docks": [1]}, "column 'ts' is Boolean, expected"),
            ({"ts": [NOON], "station_id": ["a"], "bikes": [[1]], "docks": [1]}, r"column 'bikes' is List\(Int64\)"),
            ({"ts": ["soon"], "station_id": ["a"], "bikes": [1], "docks": [1]}, r"no usable row among 1 \(bad_ts 1\)"),
            ({"ts": pl.Series([], dtype=pl.Datetime), "station_id": [], "bikes": [], "docks": []}, "the file is empty"),
        ],
    )
    def test_one_clear_line(self, recording: Recording, columns: dict[str, Any], says: str) -> None:
        with pytest.raises(ImportRefused, match=says) as raised:
            recording.status(**columns).load()
        assert "\n" not in str(raised.value)
        assert recording.history.objects.list() == []

    def test_no_file_and_no_parquet(self, recording: Recording) -> None:
        with pytest.raises(ImportRefused, match=r"status\.parquet: no such file"):
            recording.load()
        recording.status_path.write_text("ts,station_id\n")
        with pytest.raises(ImportRefused, match="not a Parquet file"):
            recording.load()

    def test_nowhere_to_tell_the_zone_from(self, recording: Recording) -> None:
        recording.stations(station_id=["a"]).status(ts=minutes(0), station_id=["a"], bikes=[1], docks=[1])
        with pytest.raises(ImportRefused, match="add --timezone"):
            recording.load()
        report = recording.load(place=SystemHint(timezone="Europe/Paris"))
        assert (report.system.timezone, report.system.country) == ("Europe/Paris", "FR")
