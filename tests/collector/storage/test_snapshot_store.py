from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import redis
from hypothesis import HealthCheck, given, settings

from collector.snapshot import Snapshot, Station, System
from collector.storage.heartbeat import FeedContent, content_of
from collector.storage.snapshot_store import Publication, SnapshotStore
from collector.storage.station_value import STATION_PREFIX
from collector.storage.stream_entry import STREAM, encode_entry, rows_of_answer, stream_id
from tests.collector.strategies import SNAPSHOTS
from tests.missing import missing
from tests.redis_server import bundled, installed, redis_server

AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
STEP = timedelta(minutes=5)
CITY = System("city", "City", "Asia/Seoul")


def snapshot(*ids: str, at: datetime = AT, bikes: int = 3, partial: bool = False, system: System = CITY) -> Snapshot:
    stations = tuple(Station(name, f"Station {name}", bikes, 7, 37.5, 126.9, 10) for name in ids)
    return Snapshot(system, at, at, stations, partial)


class TestPublish:
    def test_writes_a_value_a_station_and_one_stream_entry(self, store: SnapshotStore) -> None:
        assert store.publish(snapshot("ST-4", "ST-5")) is True

        value = orjson.loads(store.stations()["ST-4"])
        assert value["observed_at"] == "2026-11-20T10:05:00Z"
        assert value["snapshot_id"] == "20261120T100500Z"
        assert (value["bikes"], value["docks"], value["capacity"]) == (3, 7, 10)
        entry = store.latest()
        assert entry is not None
        assert entry.id == f"{int(AT.timestamp())}000-0"
        assert entry.ids == ("ST-4", "ST-5")

    def test_a_second_delivery_of_a_window_changes_nothing(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", bikes=3))

        assert store.publish(snapshot("ST-4", bikes=9)) is False
        assert orjson.loads(store.stations()["ST-4"])["bikes"] == 3
        assert store.redis.xlen(STREAM) == 1
        assert store.counters()["duplicates"] == 1

    def test_an_older_window_is_refused(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4"))

        assert store.publish(snapshot("ST-4", at=AT - STEP, bikes=9)) is False
        assert orjson.loads(store.stations()["ST-4"])["bikes"] == 3

    def test_of_many_publishers_of_one_window_one_wins(self, redis_url: str, store: SnapshotStore) -> None:
        gate = threading.Barrier(6)
        won: list[bool] = []

        def deliver(bikes: int) -> None:
            with redis.Redis.from_url(redis_url) as client:
                gate.wait()
                won.append(SnapshotStore(client).publish(snapshot("ST-4", bikes=bikes)))

        threads = [threading.Thread(target=deliver, args=(bikes,)) for bikes in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(won) == [False] * 5 + [True]
        assert store.redis.xlen(STREAM) == 1
        entry = store.latest()
        assert entry is not None
        assert orjson.loads(store.stations()["ST-4"])["bikes"] == entry.values("bikes")[0]

    def test_readers_woken_by_the_entry_find_the_values_written(self, redis_url: str, store: SnapshotStore) -> None:
        seen: list[bytes | None] = []

        def listen() -> None:
            with redis.Redis.from_url(redis_url) as client:
                reader = SnapshotStore(client)
                listening.set()
                if reader.read("0", block_ms=60_000):
                    seen.append(reader.station("ST-499"))

        listening = threading.Event()
        thread = threading.Thread(target=listen)
        thread.start()
        listening.wait()
        store.publish(snapshot(*(f"ST-{i}" for i in range(500))))
        thread.join()

        assert len(seen) == 1
        assert seen[0] is not None

    def test_keeps_about_three_days(self, store: SnapshotStore) -> None:
        for hours in range(0, 100, 4):
            store.publish(snapshot("ST-4", at=AT + timedelta(hours=hours)))

        kept = [entry.header.window for entry in store.entries()]
        assert kept[-1] - kept[0] == timedelta(days=3)

    def test_keys_carry_no_expiry(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4"))

        assert {store.redis.ttl(key) for key in store.redis.scan_iter()} == {-1}

    def test_an_empty_system_can_be_published(self, store: SnapshotStore) -> None:
        assert store.publish(snapshot()) is True
        assert store.stations() == {}

    def test_a_city_of_a_hundred_thousand_goes_through(self, store: SnapshotStore) -> None:
        ids = [f"ST-{i}" for i in range(100_000)]

        assert store.publish(snapshot(*ids)) is True
        assert list(store.stations()) == ids

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(given=SNAPSHOTS)
    def test_whatever_is_published_can_be_read(self, store: SnapshotStore, given: Snapshot) -> None:
        store.redis.flushdb()
        given = replace(given, window=max(given.window, AT))

        assert store.publish(given) is True
        assert list(store.stations()) == [station.id for station in given.stations]
        assert [entry.header.n for entry in store.entries()] == [len(given.stations)]


class TestForgetting:
    def test_a_station_not_named_keeps_its_last_value_for_a_day(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", "ST-5"))
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=23)))
        assert set(store.stations()) == {"ST-4", "ST-5"}
        assert orjson.loads(store.stations()["ST-5"])["observed_at"] == "2026-11-20T10:05:00Z"

        store.publish(snapshot("ST-4", at=AT + timedelta(hours=25)))
        assert set(store.stations()) == {"ST-4"}
        assert store.station("ST-5") is None

    def test_named_again_it_is_remembered_anew(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", "ST-5"))
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=20)))
        store.publish(snapshot("ST-4", "ST-5", at=AT + timedelta(hours=21)))
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=30)))

        assert set(store.stations()) == {"ST-4", "ST-5"}

    def test_a_partial_poll_forgets_nobody(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", "ST-5"))
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=30), partial=True))

        assert set(store.stations()) == {"ST-4", "ST-5"}

    def test_another_city_clears_the_old_one_away(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", "ST-5"))
        store.publish(snapshot("ST-5", "B-1", at=AT + STEP, system=System("other", "Other", "UTC")))

        assert set(store.stations()) == {"ST-5", "B-1"}
        assert store.redis.exists(STATION_PREFIX + "ST-4") == 0


@pytest.fixture(params=[2, 3])
def any_protocol(request: pytest.FixtureRequest, redis_url: str, store: SnapshotStore) -> Iterator[SnapshotStore]:
    with redis.Redis.from_url(redis_url, protocol=request.param) as client:
        yield SnapshotStore(client)


class TestReading:
    def test_entries_later_than_an_id_oldest_first(self, any_protocol: SnapshotStore) -> None:
        for i in range(150):
            any_protocol.publish(snapshot("ST-4", at=AT + i * STEP, bikes=i))

        assert [entry.values("bikes")[0] for entry in any_protocol.entries()] == list(range(150))
        after = stream_id(AT + 99 * STEP)
        assert [entry.values("bikes")[0] for entry in any_protocol.entries(after, count=20)] == list(range(100, 120))

    def test_read_returns_what_is_new(self, any_protocol: SnapshotStore) -> None:
        any_protocol.publish(snapshot("ST-4"))
        any_protocol.publish(snapshot("ST-4", at=AT + STEP))

        assert [entry.header.window for entry in any_protocol.read(stream_id(AT), block_ms=1000)] == [AT + STEP]
        assert any_protocol.read("$", block_ms=20) == []

    def test_read_waits_longer_than_the_clients_socket_timeout(self, redis_url: str, store: SnapshotStore) -> None:
        with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
            assert SnapshotStore(client).read("0", block_ms=6000) == []

    def test_read_passes_over_an_unreadable_entry(self, store: SnapshotStore, caplog: pytest.LogCaptureFixture) -> None:
        store.redis.xadd(STREAM, {"s": b"rubbish"}, id="1-0")

        assert store.read("0", block_ms=20) == []
        assert "stream entry 1-0 has no header line" in caplog.text
        store.redis.xadd(STREAM, {"s": encode_entry(snapshot("ST-4"))}, id="2-0")
        assert [entry.id for entry in store.read("0", block_ms=1000)] == ["2-0"]
        assert [entry.id for entry in store.entries()] == ["2-0"]

    def test_nothing_is_there_at_first(self, store: SnapshotStore) -> None:
        assert store.latest() is None
        assert list(store.entries()) == []
        assert store.stations() == {}
        assert store.heartbeat() is None
        assert store.counters() == {}

    def test_a_client_that_decodes_is_refused(self, redis_url: str) -> None:
        with (
            redis.Redis.from_url(redis_url, decode_responses=True) as client,
            pytest.raises(ValueError, match="decode_responses=False"),
        ):
            SnapshotStore(client)


class TestHeartbeat:
    def test_tells_of_the_last_snapshot(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4"), at=AT + timedelta(seconds=9), content=FeedContent("abc", AT))

        beat = store.heartbeat()
        assert beat is not None
        assert (beat["status"], beat["at"], beat["failures"]) == ("ok", "2026-11-20T10:05:09Z", 0)
        assert (beat["snapshot"]["id"], beat["snapshot"]["stations"]) == ("20261120T100500Z", 1)
        assert content_of(beat) == FeedContent("abc", AT)

    def test_failures_in_a_row_are_counted_beside_the_last_good_snapshot(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4"))
        store.record_failure(AT + STEP, "timeout", "no answer")
        store.record_failure(AT + 2 * STEP, "timeout", "no answer")

        beat = store.heartbeat()
        assert beat is not None
        assert (beat["status"], beat["failures"], beat["error"]["reason"]) == ("failed", 2, "timeout")
        assert beat["snapshot"]["id"] == "20261120T100500Z"
        assert store.counters()["failed:timeout"] == 2

        store.publish(snapshot("ST-4", at=AT + 3 * STEP))
        assert (store.heartbeat() or {})["failures"] == 0

    def test_a_failure_can_be_the_first_word(self, store: SnapshotStore) -> None:
        store.record_failure(AT, "timeout", "no answer")

        assert (store.heartbeat() or {})["snapshot"] is None

    def test_counters_add_up(self, store: SnapshotStore) -> None:
        store.publish(replace(snapshot("a", "b"), rejected={"no_station_id": 2}, partial=True))
        store.publish(replace(snapshot("a", at=AT + STEP), rejected={"no_station_id": 1}, frozen=True))

        assert store.counters() == {
            "published": 2,
            "seen": 3,
            "rejected:no_station_id": 3,
            "partial": 1,
            "frozen": 1,
        }


class TestClockThatWasAhead:
    def test_an_older_window_is_outdated_and_no_duplicate(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4"), at=AT)

        assert store.submit(snapshot("ST-4", at=AT - STEP), at=AT) is Publication.OUTDATED
        assert store.submit(snapshot("ST-4"), at=AT) is Publication.DUPLICATE
        assert store.counters() == {"published": 1, "seen": 1, "outdated": 1, "duplicates": 1}

    @pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(hours=2), timedelta(days=400)])
    def test_windows_in_the_future_are_replaced(self, store: SnapshotStore, ahead: timedelta) -> None:
        store.publish(snapshot("ST-4", at=AT - STEP), at=AT - STEP)
        for step in range(2):
            store.publish(snapshot("ST-4", "ST-9", at=AT + ahead + step * STEP, bikes=9), at=AT + ahead + step * STEP)

        assert store.submit(snapshot("ST-4"), at=AT) is Publication.REPLACED
        assert [entry.header.window for entry in store.entries()][-1] == AT
        assert store.redis.xlen(STREAM) <= 2
        assert store.station_values()["ST-4"].bikes == 3
        assert store.counters()["replaced"] == 1
        assert store.submit(snapshot("ST-4", at=AT + STEP), at=AT + STEP) is Publication.PUBLISHED

    def test_where_nothing_else_was_there_too(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=2)))

        assert store.publish(snapshot("ST-4"), at=AT) is True
        assert [entry.header.window for entry in store.entries()] == [AT]

    def test_another_collector_a_little_ahead_is_let_be(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", at=AT + STEP), at=AT + STEP)

        assert store.submit(snapshot("ST-4"), at=AT + timedelta(seconds=290)) is Publication.OUTDATED

    def test_consumers_and_readers_are_handed_what_replaced_them(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", at=AT - STEP))
        store.redis.xgroup_create(STREAM, "archiver", id="0")
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=2)))
        handed = store.redis.xreadgroup("archiver", "one", {STREAM: ">"})
        after = rows_of_answer(handed)[-1][0].decode()

        store.publish(snapshot("ST-4"), at=AT)

        assert [row[0] for row in rows_of_answer(store.redis.xreadgroup("archiver", "one", {STREAM: ">"}))] == [
            stream_id(AT).encode()
        ]
        assert [entry.header.window for entry in store.read(after, block_ms=10)] == [AT]

    def test_without_a_clock_nothing_is_replaced(self, store: SnapshotStore) -> None:
        store.publish(snapshot("ST-4", at=AT + timedelta(hours=2)))

        assert store.publish(snapshot("ST-4")) is False


class TestUnreadable:
    @pytest.mark.parametrize("value", [b"", b"no json", b"[]", b"{}", b'{"station_id": 4}', b"\xff"])
    def test_a_stations_value_costs_that_station(self, store: SnapshotStore, value: bytes) -> None:
        store.publish(snapshot("ST-4", "ST-5"))
        store.redis.set(STATION_PREFIX + "ST-4", value)

        assert list(store.station_values()) == ["ST-5"]
        assert store.station_values(["ST-4", "ST-5", "ST-6"])["ST-5"].bikes == 3

    def test_a_heartbeat_is_as_good_as_none(self, store: SnapshotStore) -> None:
        store.redis.set("realtime:heartbeat", b"no json")

        assert store.heartbeat() is None
        store.record_failure(AT, "timeout", "no answer")
        assert (store.heartbeat() or {})["failures"] == 1


class TestServers:
    @pytest.mark.debian_redis
    def test_the_distributions_server_does_as_well(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        binary = installed()
        if binary is None:
            missing("an installed redis-server")
        with (
            redis_server(binary, tmp_path_factory.mktemp("r")) as url,
            redis.Redis.from_url(url) as client,
        ):
            store = SnapshotStore(client)
            assert store.publish(snapshot("ST-4", "ST-5")) is True
            assert store.publish(snapshot("ST-4", "ST-5")) is False
            store.publish(snapshot("ST-4", at=AT + timedelta(days=4)))
            assert [entry.ids for entry in store.read("0", block_ms=100)] == [("ST-4",)]
            assert set(store.stations()) == {"ST-4"}

    def test_a_server_restarted_and_empty_is_filled_by_the_next_poll(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        binary, folder = bundled() or installed() or "", tmp_path_factory.mktemp("r")
        with redis_server(binary, folder) as url:
            client = redis.Redis.from_url(url)
            store = SnapshotStore(client)
            store.publish(snapshot("ST-4", "ST-5"))
        with pytest.raises(redis.ConnectionError):
            store.publish(snapshot("ST-4", "ST-5", at=AT + STEP))
        with redis_server(binary, folder):
            assert store.publish(snapshot("ST-4", "ST-5", at=AT + STEP)) is True
            assert set(store.stations()) == {"ST-4", "ST-5"}
            client.close()
