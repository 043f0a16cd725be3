"""What a GBFS feed keeps, and until when: identity, discovery, information."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from collector.errors import FeedError
from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.snapshot import UNLIMITED_DOCKS
from collector.storage.system_memory import RedisSystemMemory
from tests.collector.gbfs_server import GbfsServer

AT = datetime.fromtimestamp(1_795_169_100, UTC)
CITY = {"system_id": "city", "name": "City", "timezone": "Europe/Oslo", "language": "en"}
Anew = Callable[[], GbfsFeed]


def status(station_id: str, **more: Any) -> dict[str, Any]:
    return {"station_id": station_id, "num_bikes_available": 4, **more}


def about(station_id: str, **more: Any) -> dict[str, Any]:
    return {"station_id": station_id, "name": f"Name of {station_id}", "lat": 59.9, "lon": 10.7, **more}


@pytest.fixture
def anew(gbfs: GbfsServer, redis_client: redis.Redis) -> Iterator[Anew]:
    """A feed as a new process opens it; what it remembers lies in Redis."""
    gbfs.files = {
        "system_information": dict(CITY),
        "station_information": {"stations": [about("a", capacity=10)]},
        "station_status": {"stations": [status("a")]},
    }
    opened: list[GbfsFeed] = []

    def begin() -> GbfsFeed:
        opened.append(GbfsFeed(gbfs.url, backoff=0.002, memory=RedisSystemMemory(redis_client)))
        return opened[-1]

    yield begin
    for feed in opened:
        feed.close()


def asked(gbfs: GbfsServer, name: str) -> int:
    return sum(f"file={name}&" in path for path in gbfs.http.asked)


def _move(gbfs: GbfsServer, name: str, to: str) -> None:
    """From now on the discovery lists another address for a file."""
    listed = gbfs.feeds("")
    for entry in listed:
        if entry["name"] == name:
            entry["url"] = entry["url"].replace(f"file={name}&", f"file={to}&")
    gbfs.discovery = lambda: {"en": {"feeds": listed}}  # type: ignore[method-assign]


class TestIdentity:
    @pytest.mark.parametrize("fault", [404, 403, 410, 500, 503])
    def test_what_is_remembered_stands_while_the_file_is_away(self, gbfs: GbfsServer, anew: Anew, fault: int) -> None:
        anew().fetch(AT)
        gbfs.faults["system_information"] = fault

        again = anew()

        assert again.fetch(AT).system.id == "city"
        assert (again.system.name, again.system.timezone, again.identified) == ("City", "Europe/Oslo", True)

    @pytest.mark.parametrize("data", [None, [], {}, {"name": None}, {"timezone": "Mars/Olympus"}])
    def test_and_while_the_file_says_nothing_of_it(self, gbfs: GbfsServer, anew: Anew, data: Any) -> None:
        anew().fetch(AT)
        gbfs.files["system_information"] = data

        system = anew().fetch(AT).system

        assert (system.id, system.name, system.timezone) == ("city", "City", "Europe/Oslo")

    def test_and_while_discovery_does_not_list_it(self, gbfs: GbfsServer, anew: Anew) -> None:
        anew().fetch(AT)
        del gbfs.files["system_information"]

        assert anew().fetch(AT).system.id == "city"

    def test_and_in_a_poll_that_fails(self, gbfs: GbfsServer, anew: Anew) -> None:
        anew().fetch(AT)
        gbfs.faults["gbfs"] = 503
        feed = anew()

        with pytest.raises(FeedError):
            feed.fetch(AT)
        assert feed.system.id == "city"

    @pytest.mark.parametrize("system_id", ["", None, [], "x" * 200, "caf\ufffd"])
    def test_and_while_the_id_cannot_be_one(self, gbfs: GbfsServer, anew: Anew, system_id: Any) -> None:
        anew().fetch(AT)
        gbfs.files["system_information"] = CITY | {"system_id": system_id}

        assert anew().fetch(AT).system.id == "city"

    def test_until_the_file_says_otherwise(self, gbfs: GbfsServer, anew: Anew) -> None:
        anew().fetch(AT)
        gbfs.files["system_information"]["system_id"] = "other"
        assert anew().fetch(AT).system.id == "other"
        gbfs.faults["system_information"] = 503

        assert anew().fetch(AT).system.id == "other"

    def test_a_name_of_need_is_not_remembered(self, gbfs: GbfsServer, anew: Anew) -> None:
        gbfs.faults["system_information"] = 503
        first = anew()
        assert (first.fetch(AT).system.id, first.identified) == ("127.0.0.1", False)
        gbfs.faults.clear()

        assert anew().fetch(AT).system.id == "city"


class TestUnknownStations:
    def test_new_ids_have_the_information_asked_again_at_once(self, gbfs: GbfsServer, anew: Anew) -> None:
        feed = anew()
        feed.fetch(AT)
        gbfs.files["station_status"]["stations"].append(status("b"))
        gbfs.files["station_information"]["stations"].append(about("b", capacity=12))

        snapshot = feed.fetch(AT)

        assert [(s.name, s.docks) for s in snapshot.stations] == [("Name of a", 6), ("Name of b", 8)]
        assert (snapshot.partial, asked(gbfs, "station_information")) == (False, 2)

    def test_what_nobody_knows_is_unknown_and_asked_for_once(self, gbfs: GbfsServer, anew: Anew) -> None:
        feed = anew()
        feed.fetch(AT)
        gbfs.files["station_status"]["stations"].append(status("b"))

        snapshots = [feed.fetch(AT) for _ in range(4)]

        assert {(s.stations[1].docks, s.partial, s.rejected["unknown_docks"]) for s in snapshots} == {(None, True, 1)}
        assert asked(gbfs, "station_information") == 2

    def test_where_the_information_is_there_none_means_any_number(self, gbfs: GbfsServer, anew: Anew) -> None:
        gbfs.files["station_information"]["stations"] = [about("a")]

        snapshot = anew().fetch(AT)

        assert (snapshot.stations[0].docks, snapshot.partial) == (UNLIMITED_DOCKS, False)


class TestKeptFiles:
    def test_a_discovery_without_a_status_once_costs_nothing(self, gbfs: GbfsServer, anew: Anew) -> None:
        feed = anew()
        feed.fetch(AT)
        feed._files.expire("discovery")
        stations = gbfs.files.pop("station_status")
        gbfs.files["vehicle_types"] = {"vehicle_types": []}
        with pytest.raises(FeedError):
            feed.fetch(AT)  # the status is really gone
        gbfs.files["station_status"] = stations

        assert len(feed.fetch(AT).stations) == 1

    def test_at_the_start_it_is_read_again_at_the_next_poll(self, gbfs: GbfsServer, anew: Anew) -> None:
        feed, stations = anew(), gbfs.files.pop("station_status")
        with pytest.raises(FeedError, match="without stations"):
            feed.fetch(AT)
        gbfs.files["station_status"] = stations

        assert len(feed.fetch(AT).stations) == 1

    @pytest.mark.parametrize("fault", [403, 404, 410, 500])
    def test_a_status_that_has_moved_is_found_in_the_same_poll(self, gbfs: GbfsServer, anew: Anew, fault: int) -> None:
        feed = anew()
        feed.fetch(AT)
        gbfs.files["moved_status"] = gbfs.files["station_status"]
        gbfs.faults["station_status"] = fault
        _move(gbfs, "station_status", "moved_status")

        assert len(feed.fetch(AT).stations) == 1
        assert len(feed.fetch(AT).stations) == 1
        assert asked(gbfs, "gbfs") == 2

    @pytest.mark.parametrize("left_behind", [{}, {"stations": []}, {"stations": None}, {"message": "moved"}])
    def test_one_that_left_an_empty_file_behind_too(self, gbfs: GbfsServer, anew: Anew, left_behind: Any) -> None:
        feed = anew()
        feed.fetch(AT)
        gbfs.files["moved_status"] = gbfs.files["station_status"]
        gbfs.files["station_status"] = left_behind
        _move(gbfs, "station_status", "moved_status")

        assert len(feed.fetch(AT).stations) == 1

    @pytest.mark.parametrize("fault", [403, 404, 410, 500])
    def test_information_that_has_moved_is_found_at_the_next_poll(
        self, gbfs: GbfsServer, anew: Anew, fault: int
    ) -> None:
        feed = anew()
        feed.fetch(AT)
        gbfs.files["moved"] = {"stations": [about("a", capacity=30)]}
        gbfs.faults["station_information"] = fault
        _move(gbfs, "station_information", "moved")
        feed._files.expire("station_information en")

        assert [feed.fetch(AT).stations[0].docks for _ in range(2)] == [6, 26]

    def test_information_that_names_nobody_once_is_not_kept(self, gbfs: GbfsServer, anew: Anew) -> None:
        feed, good = anew(), gbfs.files["station_information"]
        feed.fetch(AT)
        feed._files.expire("station_information en")
        gbfs.files["station_information"] = {"stations": []}
        during = feed.fetch(AT)
        gbfs.files["station_information"] = good | {"stations": [about("a", capacity=30)]}

        assert (during.stations[0].name, during.stations[0].docks, during.partial) == ("Name of a", 6, False)
        assert feed.fetch(AT).stations[0].docks == 26

    @pytest.mark.parametrize("name", ["station_information", "system_information"])
    def test_a_discovery_that_leaves_a_file_out_once_is_read_again(
        self, gbfs: GbfsServer, anew: Anew, name: str
    ) -> None:
        feed, good = anew(), gbfs.files.pop(name)
        feed.fetch(AT)
        gbfs.files[name] = good

        snapshot = feed.fetch(AT)

        assert (snapshot.system.id, snapshot.stations[0].name, snapshot.partial) == ("city", "Name of a", False)

    @pytest.mark.parametrize("name", ["station_information", "system_information"])
    def test_a_file_that_cannot_be_read_is_not_kept(self, gbfs: GbfsServer, anew: Anew, name: str) -> None:
        feed, good = anew(), gbfs.files[name]
        if name == "station_information":
            gbfs.files[name] = {"Stations": []}
        else:
            gbfs.faults[name] = 503
        feed.fetch(AT)
        gbfs.files[name] = good
        gbfs.faults.clear()

        snapshot = feed.fetch(AT)

        assert (snapshot.system.id, snapshot.stations[0].name, snapshot.partial) == ("city", "Name of a", False)


class TestTimes:
    @pytest.mark.parametrize(
        "sent",
        [
            (1_795_169_100 - 1200) * 1000,
            str((1_795_169_100 - 1200) * 1000),
            "2026-11-20t09:45:00z",
            "2026-11-20T09:45:00.123456Z",
            "Fri, 20 Nov 2026 09:45:00 GMT",
            "2026-11-20T10:45:00",
            "2026-11-20 10:45:00",
            "20261120104500",
        ],
    )
    def test_twenty_minutes_old_in_every_notation(self, gbfs: GbfsServer, anew: Anew, sent: Any) -> None:
        gbfs.updated = sent

        snapshot = anew().fetch(AT)

        assert (AT - snapshot.observed_at).total_seconds() == 1200
        assert snapshot.rejected == {}

    @pytest.mark.parametrize(
        ("sent", "reason"),
        [("soon", "bad_last_updated"), (-5, "bad_last_updated"), (1_795_169_100 + 3600, "future_last_updated")],
    )
    def test_a_time_that_cannot_be_is_counted(self, gbfs: GbfsServer, anew: Anew, sent: Any, reason: str) -> None:
        gbfs.updated = sent

        snapshot = anew().fetch(AT)

        assert (snapshot.observed_at, snapshot.stated_at, snapshot.rejected) == (AT, None, {reason: 1})


@pytest.mark.parametrize("version", ["9" * 5000, 10**4000, "²", "", [], "3.0.0-RC"])
def test_no_version_escapes(gbfs: GbfsServer, anew: Anew, version: Any) -> None:
    gbfs.version = version if isinstance(version, str) else "2.3"
    document = gbfs.document
    gbfs.document = lambda data: document(data) | {"version": version}  # type: ignore[method-assign]

    assert len(anew().fetch(AT).stations) == 1
