"""Keys must not get out: not by logs (the HTTP client's own among them), errors, results, nor what lies in Redis."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from collector.__main__ import main
from collector.errors import FeedError
from collector.feeds import FeedConfig
from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.feeds.seoul.seoul_feed import SeoulFeed
from collector.polling.poll import poll
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.gbfs_server import GbfsServer
from tests.collector.seoul_server import KEY, SeoulServer
from tests.stopped_clock import StoppedClock

LATE = {"slow", "drip"}  # what the client is to lose patience with
FORBIDDEN = (KEY, quote(KEY, safe=""), "0123456789abcdef", "t0ps3cret", "cl13nt-id", "p4ssw0rd")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        for name in ("httpx", "httpcore", "collector"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield caplog


def assert_clean(*words: str) -> None:
    for text in words:
        for secret in FORBIDDEN:
            assert secret not in text


def all_of_redis(store: SnapshotStore) -> str:
    beat, counters = store.heartbeat(), store.counters()
    return f"{beat} {counters} {store.stations()}"


class TestSeoul:
    @pytest.mark.parametrize(
        "fault", ["ERROR-500", "503", "html", "cut", "xml", "echo", "renamed", "empty", "slow", "drip", "INFO-200"]
    )
    def test_no_fault_lets_the_key_out(
        self,
        seoul: SeoulServer,
        store: SnapshotStore,
        everything_logged: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        fault: str,
    ) -> None:
        for start in (1, 1001, 2001):
            seoul.faults[start] = [fault]
        seoul.lasting = True
        feed = SeoulFeed(KEY, base_url=seoul.url, timeout=0.5 if fault in LATE else 10, backoff=0.002)

        result = poll(feed, store, StoppedClock())

        assert result.status == "failed"
        assert any(quote(KEY, safe="") in path for path in seoul.http.asked)  # it was sent, as it has to be
        assert_clean(everything_logged.text, repr(result), repr(feed), all_of_redis(store), *capfd.readouterr())
        feed.close()

    def test_a_good_poll_logs_the_address_without_it(
        self, seoul: SeoulServer, store: SnapshotStore, everything_logged: pytest.LogCaptureFixture
    ) -> None:
        feed = SeoulFeed(KEY, base_url=seoul.url)

        poll(feed, store, StoppedClock())

        assert "/***/json/bikeList/1/1000/" in everything_logged.text
        assert_clean(everything_logged.text, all_of_redis(store))
        feed.close()

    @pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://[::1]:9"])
    def test_an_error_raised_says_nothing_of_it(
        self, everything_logged: pytest.LogCaptureFixture, address: str
    ) -> None:
        feed = SeoulFeed(KEY, base_url=address, backoff=0.002)
        with pytest.raises(FeedError) as caught:
            feed.fetch(StoppedClock().now())

        trace = "".join(traceback.format_exception(caught.value))
        assert_clean(everything_logged.text, trace, repr(caught.value), repr(caught.value.__context__))
        feed.close()

    def test_a_key_with_strange_characters_is_sent_whole(self, seoul: SeoulServer, store: SnapshotStore) -> None:
        feed = SeoulFeed("a b/c?d#e%f", base_url=seoul.url)

        result = poll(feed, store, StoppedClock())

        assert result.reason == "key_refused"
        assert seoul.http.asked == ["/a%20b%2Fc%3Fd%23e%25f/json/bikeList/1/1000/"]
        feed.close()


class TestGbfs:
    HEADERS = {"Authorization": "Bearer cl13nt-id"}  # noqa: RUF012 a constant

    @pytest.mark.parametrize("fault", [None, 500, 404, "slow", "moved"])
    def test_neither_query_nor_headers_get_out(
        self,
        gbfs: GbfsServer,
        store: SnapshotStore,
        everything_logged: pytest.LogCaptureFixture,
        fault: int | str | None,
    ) -> None:
        gbfs.files["station_status"] = {"stations": [{"station_id": "a", "num_bikes_available": 1}]}
        if fault is not None:
            gbfs.faults["station_status"] = fault
        address = gbfs.url.replace("http://", "http://user:p4ssw0rd@")
        feed = GbfsFeed(address, headers=self.HEADERS, timeout=1 if fault in LATE else 10, backoff=0.002)

        result = poll(feed, store, StoppedClock())

        assert "cl13nt-id" in str(gbfs.http.headers) or "Basic" in str(gbfs.http.headers)
        assert all("t0ps3cret" in path for path in gbfs.http.asked)
        assert_clean(everything_logged.text, repr(result), all_of_redis(store))
        feed.close()


class TestSettings:
    def test_their_representation_hides_them(self) -> None:
        config = FeedConfig("gbfs", KEY, gbfs_url="https://x/?token=t0ps3cret", gbfs_headers={"A": "cl13nt-id"})

        assert_clean(repr(config), str(config))

    def test_the_command_prints_none(
        self, seoul: SeoulServer, redis_url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("SEOUL_API_KEY", KEY)
        monkeypatch.setenv("SEOUL_BASE_URL", seoul.url)
        seoul.faults[1] = ["xml"]

        assert main(["poll", "--feed", "seoul", "--json", "--redis-url", redis_url]) == 1
        assert main(["poll", "--feed", "seoul", "--redis-url", "redis://u:p4ssw0rd@127.0.0.1:9/0"]) == 3
        assert_clean(*capfd.readouterr())
