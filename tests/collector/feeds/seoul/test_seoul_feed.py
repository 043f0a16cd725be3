"""The Seoul feed through the real HTTP client, against a server that behaves as the service does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from collector.errors import FeedError
from collector.feeds.seoul.seoul_feed import SeoulFeed
from tests.collector.seoul_server import KEY, SeoulServer

AT = datetime(2026, 11, 20, 10, 7, 9, tzinfo=UTC)
START = [1, 1001, 2001]


@pytest.fixture
def feed(seoul: SeoulServer) -> Iterator[SeoulFeed]:
    feed = SeoulFeed(KEY, base_url=seoul.url, timeout=10, backoff=0.002)
    yield feed
    feed.close()


def pages(seoul: SeoulServer) -> list[int]:
    return [int(path.split("/")[4]) for path in seoul.http.asked]


class TestPages:
    def test_three_calls_bring_all_stations(self, seoul: SeoulServer, feed: SeoulFeed) -> None:
        snapshot = feed.fetch(AT)

        assert len(snapshot.stations) == 2740
        assert pages(seoul) == START
        assert (snapshot.partial, snapshot.rejected) == (False, {})

    def test_the_polls_time_stands_for_the_observations(self, feed: SeoulFeed) -> None:
        snapshot = feed.fetch(AT)

        assert snapshot.observed_at == AT
        assert snapshot.window == datetime(2026, 11, 20, 10, 5, tzinfo=UTC)

    def test_a_number_of_stations_that_fills_the_last_page_ends_with_no_data(
        self, seoul: SeoulServer, feed: SeoulFeed
    ) -> None:
        seoul.rows = seoul.rows[:2000]

        assert len(feed.fetch(AT).stations) == 2000
        assert pages(seoul) == START

    def test_the_sample_key_asks_for_five_rows_once(self, seoul: SeoulServer) -> None:
        feed = SeoulFeed("sample", base_url=seoul.url)

        assert len(feed.fetch(AT).stations) == 5
        assert seoul.http.asked == ["/sample/json/bikeList/1/5/"]
        feed.close()


class TestFaults:
    @pytest.mark.parametrize("fault", ["ERROR-500", "ERROR-600", "ERROR-601", "503", "html", "cut"])
    def test_a_passing_fault_is_tried_again(self, seoul: SeoulServer, feed: SeoulFeed, fault: str) -> None:
        seoul.faults[1001] = [fault]

        snapshot = feed.fetch(AT)

        assert (len(snapshot.stations), snapshot.partial) == (2740, False)
        assert pages(seoul) == [1, 1001, 1001, 2001]

    @pytest.mark.parametrize("fault", ["slow", "drip"])
    def test_a_page_that_takes_too_long_is_tried_again(self, seoul: SeoulServer, fault: str) -> None:
        seoul.faults[1001] = [fault]
        feed = SeoulFeed(KEY, base_url=seoul.url, timeout=1, backoff=0.002)

        snapshot = feed.fetch(AT)

        assert (len(snapshot.stations), snapshot.partial) == (2740, False)
        assert pages(seoul).count(1001) > 1  # a busy machine may have any of them asked for again
        feed.close()

    @pytest.mark.parametrize(("start", "left"), [(1, 1740), (1001, 1740), (2001, 2000)])
    def test_a_page_that_keeps_failing_makes_the_snapshot_partial(
        self, seoul: SeoulServer, feed: SeoulFeed, start: int, left: int
    ) -> None:
        seoul.faults[start], seoul.lasting = ["ERROR-500"], True

        snapshot = feed.fetch(AT)

        assert (len(snapshot.stations), snapshot.partial) == (left, True)
        assert snapshot.rejected == {"page_failed:error-500": 1}
        assert pages(seoul).count(start) == 3

    def test_two_pages_in_a_row_that_fail_end_the_walk(self, seoul: SeoulServer, feed: SeoulFeed) -> None:
        seoul.faults[1], seoul.faults[1001], seoul.lasting = ["ERROR-500"], ["ERROR-500"], True

        with pytest.raises(FeedError, match="ERROR-500"):
            feed.fetch(AT)
        assert pages(seoul) == [1] * 3 + [1001] * 3

    def test_a_refused_key_is_never_tried_again(self, seoul: SeoulServer) -> None:
        feed = SeoulFeed("wrong-key-0000", base_url=seoul.url, backoff=0.002)

        with pytest.raises(FeedError, match="refused the key: INFO-100") as caught:
            feed.fetch(AT)
        assert caught.value.reason == "key_refused"
        assert len(seoul.http.asked) == 1
        feed.close()

    def test_a_key_refused_halfway_keeps_what_came(self, seoul: SeoulServer, feed: SeoulFeed) -> None:
        seoul.faults[1001] = ["xml"]

        snapshot = feed.fetch(AT)

        assert (len(snapshot.stations), snapshot.partial) == (1000, True)
        assert pages(seoul) == [1, 1001]

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [("renamed", "no_usable_rows"), ("empty", "empty"), ("html", "html"), ("INFO-200", "empty")],
    )
    def test_nothing_usable_is_an_error(self, seoul: SeoulServer, feed: SeoulFeed, fault: str, reason: str) -> None:
        for start in START:
            seoul.faults[start] = [fault]
        seoul.lasting = True

        with pytest.raises(FeedError) as caught:
            feed.fetch(AT)
        assert caught.value.reason == reason

    def test_all_of_it_stays_within_the_budget(self, seoul: SeoulServer) -> None:
        seoul.faults[1], seoul.lasting = ["slow"], True
        feed = SeoulFeed(KEY, base_url=seoul.url, timeout=60, budget=1, backoff=0.002)

        with pytest.raises(FeedError) as caught:
            feed.fetch(AT)
        assert caught.value.reason in ("timeout", "deadline")
        assert len(seoul.http.asked) == 1
        feed.close()

    def test_a_server_that_is_not_there(self) -> None:
        feed = SeoulFeed(KEY, base_url="http://127.0.0.1:9", backoff=0.002)

        with pytest.raises(FeedError, match="refused") as caught:
            feed.fetch(AT)
        assert (caught.value.reason, caught.value.transient) == ("connection", True)
        feed.close()
