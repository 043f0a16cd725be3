"""History: what is written is walked over, once, in order, with gaps as NaN."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from collector.snapshot import UNLIMITED_DOCKS
from forecaster.history import History, SystemRecord
from forecaster.history.file_schema import STATIONS, STATUS, to_parquet
from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Poll = dict[str, int]


def rows(polls: dict[int, Poll]) -> pl.DataFrame:
    """Status rows of polls: minutes after noon -> station -> bikes; ten docks a station."""
    found = [
        {"ts": NOON + timedelta(minutes=minute), "station_id": station, "bikes": bikes, "docks": 10 - bikes}
        for minute, poll in polls.items()
        for station, bikes in poll.items()
    ]
    flags = {"is_installed": True, "is_renting": True, "is_returning": True}
    return pl.DataFrame([row | {"ebikes": None, "capacity": 10} | flags for row in found], schema=STATUS)


def stations(*ids: str) -> pl.DataFrame:
    """A station table that knows no more than ids."""
    return pl.DataFrame({"station_id": ids}).select(
        *(pl.col(name) if name == "station_id" else pl.lit(None, dtype).alias(name) for name, dtype in STATIONS.items())
    )


@pytest.fixture
def filled(history: History) -> History:
    """Stations a and b polled every 20 minutes for three hours; b is missing once, the second hour has no poll."""
    history.update_table(stations("b", "a"))
    minutes = [*range(0, 60, 20), *range(120, 180, 20)]
    history.write(rows({m: {"a": m // 20} | ({} if m == 20 else {"b": 1}) for m in minutes}))
    return history


class TestWriting:
    def test_on_both_kinds_of_store(self, objects: ObjectStore) -> None:
        history = History(objects)
        history.update_table(stations("a"))
        assert history.write(rows({0: {"a": 1}, 70: {"a": 2}})) == 2
        assert objects.list("history/date=") == [
            "history/date=2026-11-20/hour=12/status.parquet",
            "history/date=2026-11-20/hour=13/status.parquet",
        ]
        np.testing.assert_array_equal(history.window(NOON, NOON + timedelta(hours=2)).bikes, [[1], [2]])

    def test_twice_changes_nothing(self, filled: History) -> None:
        before = {key: filled.objects.get(key).etag for key in filled.objects.list()}
        assert filled.write(rows({0: {"a": 0, "b": 1}, 120: {"a": 6}})) == 0
        assert {key: filled.objects.get(key).etag for key in filled.objects.list()} == before

    def test_a_row_that_is_there_stays_and_new_ones_join(self, filled: History) -> None:
        assert filled.write(rows({20: {"a": 9, "b": 7}})) == 1
        window = filled.window(NOON, NOON + timedelta(minutes=30))
        np.testing.assert_array_equal(window.bikes, [[0, 1], [1, 7]])

    def test_two_writers_of_one_hour_lose_nothing(self, history: History) -> None:
        history.update_table(stations(*(f"s{n}" for n in range(8))))
        writers = [threading.Thread(target=history.write, args=(rows({0: {f"s{n}": n}}),)) for n in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        np.testing.assert_array_equal(history.window(NOON, NOON).bikes, [range(8)])


class TestWindows:
    def test_the_whole_span(self, filled: History) -> None:
        span = filled.span()
        assert span == (NOON, NOON + timedelta(minutes=160))
        (chunk,) = filled.windows(span[0], span[1] + timedelta(seconds=1))
        minutes = (chunk.window.times - int(NOON.timestamp())) // 60
        np.testing.assert_array_equal(minutes, [0, 20, 40, 120, 140, 160])
        np.testing.assert_array_equal(chunk.window.bikes, [[0, 1], [1, np.nan], [2, 1], [6, 1], [7, 1], [8, 1]])
        np.testing.assert_array_equal(chunk.window.docks[0], [10, 9])
        assert np.isnan(chunk.window.ebikes).all()
        assert chunk.window.bikes.dtype == np.float32
        assert chunk.window.stations.ids == ("a", "b")

    def test_chunks_partition_the_polls(self, filled: History) -> None:
        end = NOON + timedelta(hours=3)
        chunks = list(filled.windows(NOON, end, lookback=timedelta(minutes=30), chunk=timedelta(minutes=50)))
        inside = [int(t) for chunk in chunks for t in chunk.window.times[chunk.inside()]]
        assert [(t - int(NOON.timestamp())) // 60 for t in inside] == [0, 20, 40, 120, 140, 160]

    def test_a_window_reaches_around_its_chunk(self, filled: History) -> None:
        start, around = NOON + timedelta(minutes=130), timedelta(minutes=20)
        (chunk,) = filled.windows(
            start, start + timedelta(minutes=20), lookback=timedelta(minutes=95), lookahead=around
        )
        minutes = (chunk.window.times - int(NOON.timestamp())) // 60
        np.testing.assert_array_equal(minutes, [40, 120, 140, 160])
        assert chunk.inside() == slice(2, 3)

    def test_equal_to_one_big_window_however_it_is_cut(self, filled: History) -> None:
        end = NOON + timedelta(hours=3)
        whole = filled.window(NOON, end)
        for minutes in (7, 20, 61, 300):
            pieces = filled.windows(NOON, end, lookback=timedelta(minutes=45), chunk=timedelta(minutes=minutes))
            bikes = np.concatenate([piece.window.bikes[piece.inside()] for piece in pieces])
            np.testing.assert_array_equal(bikes, whole.bikes)

    def test_no_polls_no_chunks(self, filled: History) -> None:
        year = timedelta(days=365)
        assert list(filled.windows(NOON - year, NOON - year + timedelta(days=3))) == []
        assert filled.window(NOON - year, NOON - year).bikes.shape == (0, 2)

    def test_a_station_closed_or_not_renting(self, history: History) -> None:
        history.update_table(stations("a", "b", "c"))
        polls = rows({0: {"a": 1, "b": 1, "c": 1}})
        flags = {"is_renting": pl.Series([True, False, True]), "is_installed": pl.Series([True, True, False])}
        history.write(polls.with_columns(**flags))
        np.testing.assert_array_equal(history.window(NOON, NOON).renting, [[1, 0, 0]])

    def test_docks_without_number_are_no_count(self, history: History) -> None:
        history.update_table(stations("a", "b"))
        polled = rows({0: {"a": 1, "b": 2}})
        history.write(polled.with_columns(pl.Series("docks", [UNLIMITED_DOCKS, 8], STATUS["docks"])))
        np.testing.assert_array_equal(history.window(NOON, NOON).docks, [[np.nan, 8]])

    def test_without_history(self, history: History) -> None:
        assert history.span() is None
        with pytest.raises(ObjectNotFound, match="no history"):
            history.windows(NOON, NOON)


class TestStations:
    def test_the_table_keeps_what_it_knows(self, history: History) -> None:
        first = stations("a").with_columns(
            name=pl.lit("Old name"), lat=pl.lit(37.5), first_seen=pl.lit(NOON), last_seen=pl.lit(NOON)
        )
        later = NOON + timedelta(days=1)
        second = stations("a").with_columns(
            name=pl.lit("New name"), capacity=pl.lit(12), first_seen=pl.lit(later), last_seen=pl.lit(later)
        )
        history.update_table(first)
        history.update_table(second)
        table = history.table()
        assert table is not None
        (row,) = table.to_dicts()
        assert (row["name"], row["lat"], row["capacity"]) == ("New name", 37.5, 12)
        assert (row["first_seen"], row["last_seen"]) == (NOON, later)

    def test_as_arrays(self, history: History) -> None:
        history.set_system(SystemRecord("seoul", "Ttareungyi", "Asia/Seoul", "KR"))
        history.update_table(stations("a", "b").with_columns(lat=pl.Series([37.5, None]), first_seen=pl.lit(NOON)))
        known = history.stations()
        np.testing.assert_array_equal(known.lat, [37.5, np.nan])
        assert known.first_seen[0] == NOON.timestamp()
        assert (known.timezone, known.country) == ("Asia/Seoul", "KR")


BROKEN = {
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "text": lambda data: b"no parquet at all",
    "overwritten": lambda data: data[:8] + bytes(len(data) - 8),
    "other columns": lambda data: to_parquet(pl.DataFrame({"x": [1]})),
}


@pytest.fixture(params=BROKEN)
def broken(request: pytest.FixtureRequest) -> Callable[[bytes], bytes]:
    """A way to damage a file."""
    return BROKEN[request.param]


class TestDamaged:
    NOON_KEY = "history/date=2026-11-20/hour=12/status.parquet"

    def test_an_hour_is_left_out(self, filled: History, broken: Callable[[bytes], bytes]) -> None:
        whole = filled.window(NOON, NOON + timedelta(hours=4))
        filled.objects.put(self.NOON_KEY, broken(filled.objects.get(self.NOON_KEY).data))
        window = filled.window(NOON, NOON + timedelta(hours=4))
        assert window.times.tolist() == whole.times[3:].tolist()
        chunks = list(filled.windows(NOON, NOON + timedelta(hours=4)))
        assert [time for chunk in chunks for time in chunk.window.times] == whole.times[3:].tolist()
        assert filled.span() == (NOON + timedelta(hours=2), NOON + timedelta(hours=2, minutes=40))
        assert list(filled.objects.damage.reasons()) == [self.NOON_KEY]

    def test_an_hour_is_begun_anew_and_its_bytes_are_kept(
        self, filled: History, broken: Callable[[bytes], bytes]
    ) -> None:
        damaged = broken(filled.objects.get(self.NOON_KEY).data)
        filled.objects.put(self.NOON_KEY, damaged)
        assert filled.write(rows({55: {"a": 7}})) == 1
        assert filled.window(NOON, NOON + timedelta(minutes=59)).bikes[:, 0].tolist() == [7]
        kept = [filled.objects.get(key).data for key in filled.objects.list("damaged/")]
        assert kept == ([damaged] if damaged else [])
        assert len(filled.objects.damage) == 0

    def test_a_station_table_is_one_error_until_it_is_written(
        self, filled: History, broken: Callable[[bytes], bytes]
    ) -> None:
        filled.objects.put("history/stations.parquet", broken(filled.objects.get("history/stations.parquet").data))
        with pytest.raises(ObjectDamaged, match=r"history/stations\.parquet"):
            filled.stations()
        filled.update_table(stations("c"))
        assert filled.stations().ids == ("c",)

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"id": 5}', b'{"id": "x"}', b'{"other": "x"}'])
    def test_a_system_record_is_one_error_until_it_is_written(self, history: History, data: bytes) -> None:
        history.objects.put("history/system.json", data)
        with pytest.raises(ObjectDamaged, match=r"history/system\.json"):
            history.system()
        history.set_system(SystemRecord("seoul", "Seoul"))
        assert history.system() == SystemRecord("seoul", "Seoul")
