"""A collector that begins anew while the feed's file of names is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.polling.poll import poll
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.gbfs_server import GbfsServer
from tests.stopped_clock import StoppedClock

Poll = Callable[[], dict[str, dict[str, Any]]]


@pytest.fixture
def anew(gbfs: GbfsServer, store: SnapshotStore) -> Poll:
    """Poll as a new process does; the stations that are then in the store."""
    gbfs.files = {
        "system_information": {"system_id": "city", "name": "City", "timezone": "Europe/Oslo", "language": "en"},
        "station_information": {
            "stations": [{"station_id": "a", "name": "Alpha", "lat": 59.9, "lon": 10.7, "capacity": 10}]
        },
        "station_status": {"stations": [{"station_id": name, "num_bikes_available": 4} for name in "ab"]},
    }
    clock = StoppedClock()

    def begin() -> dict[str, dict[str, Any]]:
        feed = GbfsFeed(gbfs.url, backoff=0.002)
        clock.sleep(300)
        assert poll(feed, store, clock).status == "published"
        feed.close()
        return {name: orjson.loads(value) for name, value in store.stations().items()}

    return begin


def test_known_names_positions_and_capacities_stay(gbfs: GbfsServer, anew: Poll) -> None:
    before = anew()["a"]
    gbfs.faults["station_information"] = 404
    gbfs.files["station_status"]["stations"][0]["num_bikes_available"] = 7

    for _ in range(2):
        after = anew()["a"]

        assert {name: after[name] for name in ("name", "lat", "lon", "capacity")} == {
            name: before[name] for name in ("name", "lat", "lon", "capacity")
        }
        assert (before["bikes"], before["docks"]) == (4, 6)
        assert (after["bikes"], after["docks"]) == (7, 3)
        assert "unlimited" not in after


def test_what_was_never_known_goes_by_its_id(gbfs: GbfsServer, anew: Poll) -> None:
    gbfs.faults["station_information"] = 404

    assert anew()["b"]["name"] == "b"
    assert anew()["b"]["docks"] is None


def test_another_systems_names_are_not_taken(gbfs: GbfsServer, anew: Poll) -> None:
    anew()
    gbfs.faults["station_information"] = 404
    gbfs.files["system_information"]["system_id"] = "another city"

    assert anew()["a"]["name"] == "a"


def test_names_are_the_feeds_own_again_when_they_are_back(gbfs: GbfsServer, anew: Poll) -> None:
    anew()
    gbfs.faults["station_information"] = 404
    anew()
    gbfs.faults.clear()
    gbfs.files["station_information"]["stations"][0]["name"] = "Aleph"

    assert anew()["a"]["name"] == "Aleph"
