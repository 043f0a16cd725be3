"""The GBFS feed through the real HTTP client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.errors import ConfigError, FeedError
from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from tests.collector.gbfs_server import GbfsServer

AT = datetime.fromtimestamp(1_795_169_100, UTC)
HEADERS = {"Authorization": "Bearer t0ps3cret", "X-Client": "cl13nt-id"}


def status(station_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"station_id": station_id, "num_bikes_available": 3, "num_docks_available": 7, "last_reported": 1, **more}


@pytest.fixture
def feed(gbfs: GbfsServer) -> Iterator[GbfsFeed]:
    gbfs.files = {
        "system_information": {"system_id": "city", "name": "City", "timezone": "Europe/Oslo", "language": "en"},
        "station_information": {
            "stations": [{"station_id": "a", "name": "A", "lat": 59.9, "lon": 10.7, "capacity": 10}]
        },
        "station_status": {"stations": [status()]},
    }
    feed = GbfsFeed(gbfs.url, headers=HEADERS, timeout=10, backoff=0.002)
    yield feed
    feed.close()


def asked(gbfs: GbfsServer, name: str) -> int:
    return sum(f"file={name}&" in path for path in gbfs.http.asked)


class TestFetch:
    @pytest.mark.parametrize(
        ("version", "updated"), [(None, 1_795_169_090), ("2.3", 1_795_169_090), ("3.0", "2026-11-20T10:04:50.5Z")]
    )
    def test_every_version(self, gbfs: GbfsServer, feed: GbfsFeed, version: str | None, updated: Any) -> None:
        gbfs.version, gbfs.updated = version, updated

        snapshot = feed.fetch(AT)

        assert (snapshot.system.id, snapshot.system.timezone) == ("city", "Europe/Oslo")
        (station,) = snapshot.stations
        assert (station.id, station.name, station.bikes, station.docks) == ("a", "A", 3, 7)
        assert snapshot.observed_at == datetime.fromtimestamp(1_795_169_090, UTC)
        assert snapshot.window == AT
        assert snapshot.partial is False

    @pytest.mark.parametrize("updated", [None, -5, "soon", 1_795_169_100 + 3600])
    def test_without_a_time_of_its_own_the_polls_stands(self, gbfs: GbfsServer, feed: GbfsFeed, updated: Any) -> None:
        gbfs.updated = updated

        assert feed.fetch(AT).observed_at == AT

    def test_a_clock_a_little_ahead_is_not_the_future(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.updated = 1_795_169_130

        assert feed.fetch(AT).observed_at == AT

    def test_stale_data_keeps_its_age(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.updated = 1_795_169_100 - 7200

        assert AT - feed.fetch(AT).observed_at == timedelta(hours=2)

    def test_what_changes_rarely_is_asked_for_once(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        for _ in range(3):
            feed.fetch(AT)

        assert asked(gbfs, "station_status") == 3
        assert asked(gbfs, "station_information") == asked(gbfs, "gbfs") == 1

    def test_headers_go_to_every_file(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        feed.fetch(AT)

        assert {headers.get("Authorization") for headers in gbfs.http.headers} == {"Bearer t0ps3cret"}
        assert {headers.get("X-Client") for headers in gbfs.http.headers} == {"cl13nt-id"}

    def test_a_redirect_is_followed(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.faults["station_status"] = "moved"

        assert len(feed.fetch(AT).stations) == 1

    def test_scooters_of_the_vehicle_types_file_are_left_out(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.files["vehicle_types"] = {"vehicle_types": [{"vehicle_type_id": "s", "form_factor": "scooter"}]}
        counts = [{"vehicle_type_id": "s", "count": 2}, {"vehicle_type_id": "b", "count": 1}]
        gbfs.files["station_status"] = {"stations": [status(vehicle_types_available=counts)]}

        assert feed.fetch(AT).stations[0].bikes == 1


class TestLanguages:
    @pytest.fixture(autouse=True)
    def two(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.languages = {"en": "", "ko": "_ko"}
        gbfs.files["station_information_ko"] = {
            "stations": [{"station_id": "a", "name": "가"}, {"station_id": "b", "name": "나"}]
        }

    @pytest.mark.parametrize(("own", "name"), [("en", "A"), ("ko", "가"), ("fr", "A")])
    def test_names_come_in_all_of_them(self, gbfs: GbfsServer, feed: GbfsFeed, own: str, name: str) -> None:
        gbfs.files["system_information"]["language"] = own

        (station,) = feed.fetch(AT).stations

        assert (station.name, station.names) == (name, {"en": "A", "ko": "가"})

    def test_their_files_are_kept_too(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        for _ in range(3):
            feed.fetch(AT)

        assert asked(gbfs, "station_information") == asked(gbfs, "station_information_ko") == 1

    def test_of_many_some_are_read(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        for number in range(9):
            gbfs.languages[f"x{number}"] = ending = f"_x{number}"
            gbfs.files["station_information" + ending] = {"stations": [{"station_id": "a", "name": ending}]}

        assert set(feed.fetch(AT).stations[0].names) == {"en", "ko", "x0", "x1"}

    @pytest.mark.parametrize("fault", [404, 500])
    def test_one_that_is_away_costs_its_names_only(self, gbfs: GbfsServer, feed: GbfsFeed, fault: int) -> None:
        gbfs.faults["station_information_ko"] = fault

        snapshot = feed.fetch(AT)

        assert snapshot.partial is False
        assert (snapshot.stations[0].name, snapshot.stations[0].names) == ("A", {})

    def test_the_same_file_in_each_is_read_once(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.languages["ko"] = ""

        assert feed.fetch(AT).stations[0].names == {}
        assert asked(gbfs, "station_information") == 1


class TestFaults:
    @pytest.mark.parametrize("name", ["system_information", "vehicle_types"])
    @pytest.mark.parametrize("fault", [404, 500])
    def test_an_optional_file_may_be_missing(self, gbfs: GbfsServer, feed: GbfsFeed, name: str, fault: int) -> None:
        gbfs.files.setdefault(name, {"vehicle_types": []})
        gbfs.faults[name] = fault

        assert feed.fetch(AT).partial is False

    @pytest.mark.parametrize("fault", [404, 503])
    def test_without_information_the_snapshot_is_partial(self, gbfs: GbfsServer, feed: GbfsFeed, fault: int) -> None:
        gbfs.faults["station_information"] = fault

        snapshot = feed.fetch(AT)

        assert (snapshot.partial, snapshot.stations[0].name) == (True, "a")

    @pytest.mark.usefixtures("feed")
    def test_information_that_takes_too_long_is_done_without(self, gbfs: GbfsServer) -> None:
        gbfs.faults["station_information"] = "slow"
        hurried = GbfsFeed(gbfs.url, timeout=1, backoff=0.002)

        assert hurried.fetch(AT).partial is True
        hurried.close()

    def test_information_once_had_is_kept_while_the_file_is_gone(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.ttl = 0
        impatient = GbfsFeed(gbfs.url, keep=0.0, backoff=0.002)
        impatient.fetch(AT)
        gbfs.faults["station_information"] = 404

        snapshot = impatient.fetch(AT)

        assert asked(gbfs, "station_information") == 2
        assert (snapshot.partial, snapshot.stations[0].name) == (False, "A")
        impatient.close()

    @pytest.mark.parametrize(("fault", "reason"), [(404, "http_404"), (401, "http_401"), (500, "http_500")])
    def test_without_a_status_there_is_no_snapshot(
        self, gbfs: GbfsServer, feed: GbfsFeed, fault: int, reason: str
    ) -> None:
        gbfs.faults["station_status"] = fault

        with pytest.raises(FeedError) as caught:
            feed.fetch(AT)
        assert caught.value.reason == reason
        assert asked(gbfs, "station_status") == (3 if fault == 500 else 1)

    def test_a_system_without_stations_is_named(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        del gbfs.files["station_status"]

        with pytest.raises(FeedError, match="without stations"):
            feed.fetch(AT)

    def test_an_empty_list_is_an_error(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        gbfs.files["station_status"] = {"stations": []}

        with pytest.raises(FeedError, match="no usable station"):
            feed.fetch(AT)

    @pytest.mark.parametrize("url", ["ftp://x/gbfs.json", "no url", "http://", "http://[::1"])
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(ConfigError, match="GBFS_URL: the address is not"):
            GbfsFeed(url)

    def test_a_discovery_file_that_points_nowhere(self, gbfs: GbfsServer, feed: GbfsFeed) -> None:
        feeds = [{"name": "station_status", "url": "file:src/test/station_status.json"}]
        gbfs.discovery = lambda: {"en": {"feeds": feeds}}  # type: ignore[method-assign]

        with pytest.raises(FeedError, match="address is not an http") as caught:
            feed.fetch(AT)
        assert caught.value.reason == "bad_url"
