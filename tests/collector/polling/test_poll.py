"""A whole poll: the real client, a server that behaves as Seoul's does, a real Redis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import redis

from collector.feeds.seoul.seoul_feed import SeoulFeed
from collector.feeds.simulated_city import SimulatedCity
from collector.polling.poll import poll
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.seoul_server import KEY, SeoulServer
from tests.stopped_clock import StoppedClock

FIVE_MINUTES = 300


@pytest.fixture
def feed(seoul: SeoulServer) -> Iterator[SeoulFeed]:
    feed = SeoulFeed(KEY, base_url=seoul.url, timeout=10, backoff=0.002)
    yield feed
    feed.close()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


def lively(seoul: SeoulServer) -> None:
    """Somebody rents a bike."""
    row = seoul.rows[100]
    row["parkingBikeTotCnt"] = str(int(row["parkingBikeTotCnt"]) + 1)


class TestPoll:
    def test_publishes_every_station(self, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock) -> None:
        result = poll(feed, store, clock)

        assert (result.status, result.stations, result.system) == ("published", 2740, "seoul-ttareungyi")
        assert len(store.stations()) == 2740
        assert orjson.loads(store.stations()["ST-107"])["name"] == "203. 망원역 5번출구 앞"
        assert (store.heartbeat() or {})["status"] == "ok"
        assert store.counters()["seen"] == 2740

    def test_a_second_delivery_of_the_window_changes_nothing(
        self, seoul: SeoulServer, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock
    ) -> None:
        poll(feed, store, clock)
        before = store.stations()
        clock.sleep(120)
        lively(seoul)

        assert poll(feed, store, clock).status == "duplicate"
        assert store.stations() == before
        assert len(list(store.entries())) == 1

    def test_a_failed_page_leaves_its_stations_their_last_values(
        self, seoul: SeoulServer, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock
    ) -> None:
        poll(feed, store, clock)
        clock.sleep(FIVE_MINUTES)
        seoul.faults[1001], seoul.lasting = ["ERROR-500"], True

        result = poll(feed, store, clock)

        assert (result.status, result.partial, result.stations) == ("published", True, 1740)
        now = store.stations()
        assert len(now) == 2740
        assert orjson.loads(now["ST-4"])["observed_at"] == "2026-11-20T10:10:00Z"
        assert orjson.loads(now["ST-1500"])["observed_at"] == "2026-11-20T10:05:00Z"
        assert (store.heartbeat() or {})["status"] == "partial"
        assert store.counters()["rejected:page_failed:error-500"] == 1

    @pytest.mark.parametrize("fault", ["xml", "html", "ERROR-500", "renamed", "empty", "503", "cut"])
    def test_a_feed_that_is_down_leaves_all_as_it_was(
        self, seoul: SeoulServer, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock, fault: str
    ) -> None:
        poll(feed, store, clock)
        before = store.stations()
        for start in (1, 1001, 2001, 3001):
            seoul.faults[start] = [fault]
        seoul.lasting = True
        for _ in range(3):
            clock.sleep(FIVE_MINUTES)
            assert poll(feed, store, clock).status == "failed"

        assert store.stations() == before
        beat = store.heartbeat() or {}
        assert (beat["status"], beat["failures"]) == ("failed", 3)
        assert beat["snapshot"]["observed_at"] == "2026-11-20T10:05:00Z"

        seoul.faults.clear()
        clock.sleep(FIVE_MINUTES)
        assert poll(feed, store, clock).status == "published"
        assert (store.heartbeat() or {})["failures"] == 0

    def test_a_fault_of_redis_raises(self, feed: SeoulFeed, clock: StoppedClock) -> None:
        with (
            redis.Redis.from_url("redis://127.0.0.1:9/0") as nowhere,
            pytest.raises(redis.ConnectionError),
        ):
            poll(feed, SnapshotStore(nowhere), clock)


class TestFrozen:
    def test_half_an_hour_of_the_same_is_noticed_and_keeps_its_age(
        self, seoul: SeoulServer, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock
    ) -> None:
        frozen = []
        for _ in range(8):
            frozen.append(poll(feed, store, clock).frozen)
            clock.sleep(FIVE_MINUTES)

        assert frozen == [False] * 6 + [True] * 2
        entry = store.latest()
        assert entry is not None
        assert entry.header.frozen
        assert entry.header.observed_at == datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
        assert orjson.loads(store.stations()["ST-4"])["observed_at"] == "2026-11-20T10:05:00Z"
        assert (store.heartbeat() or {})["status"] == "frozen"
        assert store.counters()["frozen"] == 2

        lively(seoul)
        thawed = poll(feed, store, clock)
        assert (thawed.frozen, thawed.observed_at) == (False, clock.at)

    def test_an_outage_in_between_does_not_hide_it(
        self, seoul: SeoulServer, feed: SeoulFeed, store: SnapshotStore, clock: StoppedClock
    ) -> None:
        poll(feed, store, clock)
        seoul.faults[1] = ["xml"]
        clock.sleep(FIVE_MINUTES)
        poll(feed, store, clock)
        clock.sleep(6 * FIVE_MINUTES)

        assert poll(feed, store, clock).frozen is True

    def test_a_living_city_is_never_taken_for_frozen(self, store: SnapshotStore, clock: StoppedClock) -> None:
        city = SimulatedCity(start=clock.at)
        results = []
        for _ in range(288):
            results.append(poll(city, store, clock))
            clock.sleep(FIVE_MINUTES)

        assert {(result.status, result.frozen) for result in results} == {("published", False)}
        assert timedelta(0) <= results[-1].at - (results[-1].observed_at or clock.at) < timedelta(minutes=1)
