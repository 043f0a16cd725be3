"""Live data as they really lie in Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import redis

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import station_key
from forecaster.history import History
from forecaster.history.file_schema import STATUS
from forecaster.history.past_reader import PastReader
from forecaster.objects import open_objects
from pedalcast.chat.repository import ArchivedPast, RedisLiveData
from pedalcast.forecasts.encoding.byte_layout import STATION_PREFIX
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.rag.live.past_counts import PastCount
from pedalcast.rag.live.types import LiveDataError
from tests.stopped_clock import StoppedClock

AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
FORECAST = (
    b'{"station_id":"ST-1","made_at":"2026-11-20T10:05:02Z","observed_at":"2026-11-20T10:05:00Z","model":"v1",'
    b'"horizons":[{"minutes":10,"at":"2026-11-20T10:15:00Z","bikes":4.2,"low":3,"high":6,"p_bike":0.98,"p_dock":0.9}]}'
)


def snapshot(at: datetime, bikes: int) -> Snapshot:
    stations = (
        Station("ST-1", "가", bikes, 3, 37.5, 127.0, 10, names={"ko": "가", "en": "A"}, ebikes=2),
        Station("ST-2", "나", 1, UNLIMITED_DOCKS, renting=False),
    )
    return Snapshot(System("toy", "Toy", "Asia/Seoul", "ko"), at, at, stations)


def live(client: redis.Redis) -> RedisLiveData:
    return RedisLiveData(SnapshotStore(client), ForecastRepository(client, ""), StoppedClock(AT))


def test_nothing_before_the_first_poll(redis_client: redis.Redis) -> None:
    assert live(redis_client).fleet() is None
    assert live(redis_client).forecasts(["ST-1"]) == {}


def test_stations_as_the_collector_wrote_them(redis_client: redis.Redis) -> None:
    SnapshotStore(redis_client).publish(snapshot(AT, 7))
    fleet = live(redis_client).fleet()
    assert fleet is not None
    assert fleet.timezone == "Asia/Seoul"
    first, second = fleet.stations
    assert (first.id, first.name_in("en"), first.bikes, first.docks, first.ebikes) == ("ST-1", "A", 7, 3, 2)
    assert (second.docks, second.renting, second.lat, second.name_in("en")) == (None, False, None, "나")
    assert first.observed_at == AT


def test_a_station_closed_by_hand_is_out_of_use_until_it_is_open_again(redis_client: redis.Redis) -> None:
    SnapshotStore(redis_client).publish(snapshot(AT, 7))
    closed: set[str] = set()
    data = RedisLiveData(
        SnapshotStore(redis_client), ForecastRepository(redis_client, ""), StoppedClock(AT), lambda: frozenset(closed)
    )
    editions = []
    for stations, installed in ((set(), True), ({"ST-1"}, False), (set(), True)):
        closed.clear()
        closed.update(stations)
        fleet = data.fleet()
        assert fleet is not None
        editions.append(fleet.snapshot_id)
        assert [station.installed for station in fleet.stations] == [installed, True]
    assert editions[0] == editions[2] != editions[1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("River [1]", "River (1)"),
        ("<b>River</b><script>x()</script>", "River x()"),
        ("[free](http://elsewhere.example)", "(free)(http://elsewhere.example)"),
        ("A\n\n# B", "A # B"),
        ("Dock < 5 > 3", "Dock 5 3"),
    ],
)
def test_a_name_brings_no_markup_into_answers(redis_client: redis.Redis, name: str, shown: str) -> None:
    station = Station("ST-1", name, 1, 1, names={"en": name})
    SnapshotStore(redis_client).publish(Snapshot(System("toy", "Toy", "Asia/Seoul", "ko"), AT, AT, (station,)))
    fleet = live(redis_client).fleet()
    assert fleet is not None
    assert (fleet.stations[0].name, fleet.stations[0].names["en"]) == (shown, shown)


def test_a_new_poll_is_seen_and_an_old_one_is_not_read_twice(redis_client: redis.Redis) -> None:
    store, reader = SnapshotStore(redis_client), live(redis_client)
    store.publish(snapshot(AT, 7))
    first = reader.fleet()
    assert reader.fleet() is first
    store.publish(snapshot(AT + timedelta(minutes=5), 2))
    second = reader.fleet()
    assert second is not None
    assert second.stations[0].bikes == 2


def test_forecasts_as_the_loop_wrote_them(redis_client: redis.Redis) -> None:
    redis_client.set(STATION_PREFIX + "ST-1", FORECAST)
    forecasts = live(redis_client).forecasts(["ST-1", "ST-2"])
    assert list(forecasts) == ["ST-1"]
    horizon = forecasts["ST-1"].at(AT + timedelta(minutes=12))
    assert horizon is not None
    assert (horizon.minutes, horizon.p_bike, horizon.at) == (10, 0.98, AT + timedelta(minutes=10))


def test_values_that_cannot_be_read_cost_only_their_station(redis_client: redis.Redis) -> None:
    SnapshotStore(redis_client).publish(snapshot(AT, 7))
    redis_client.set(station_key("ST-1"), "no JSON")
    redis_client.set(STATION_PREFIX + "ST-1", "no JSON")
    redis_client.set(STATION_PREFIX + "ST-2", FORECAST.replace(b"ST-1", b"ST-2"))
    reader = live(redis_client)
    fleet = reader.fleet()
    assert fleet is not None
    assert [station.id for station in fleet.stations] == ["ST-2"]
    assert list(reader.forecasts(["ST-1", "ST-2"])) == ["ST-2"]


def test_horizons_without_numbers_are_left_out(redis_client: redis.Redis) -> None:
    redis_client.set(STATION_PREFIX + "ST-1", FORECAST.replace(b"4.2", b"null"))
    assert live(redis_client).forecasts(["ST-1"])["ST-1"].horizons == ()


def test_a_redis_that_cannot_be_reached() -> None:
    unreachable = live(redis.Redis(port=1, socket_connect_timeout=1))
    with pytest.raises(LiveDataError):
        unreachable.fleet()
    with pytest.raises(LiveDataError):
        unreachable.forecasts(["ST-1"])


class TestArchivedPast:
    def test_gives_the_polls_of_the_history_with_unknown_and_unlimited_apart(self, tmp_path: Path) -> None:
        noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
        history = History(open_objects(str(tmp_path)))
        flags = {"is_installed": True, "is_renting": True, "is_returning": True}
        docks = {"a": None, "b": UNLIMITED_DOCKS, "c": 4}
        rows = [{"ts": noon, "station_id": name, "bikes": 2, "docks": free} | flags for name, free in docks.items()]
        history.write(pl.DataFrame(rows, STATUS))
        read = ArchivedPast(PastReader(history), StoppedClock(noon + timedelta(hours=1)))
        span = noon - timedelta(minutes=10), noon + timedelta(minutes=10)
        past = {name: list(read(name, *span)) for name in "abcz"}
        assert past == {
            "a": [PastCount(noon, 2, None)],
            "b": [PastCount(noon, 2, None, unlimited=True)],
            "c": [PastCount(noon, 2, 4)],
            "z": [],
        }
