"""A real feed's identity when a run begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pedalcast.embedded.errors import RunError
from pedalcast.embedded.sources.base import LiveSource
from pedalcast.embedded.steps import Steps
from pedalcast.settings import Settings
from tests.collector.gbfs_server import GbfsServer, gbfs_server


@pytest.fixture
def city() -> Iterator[GbfsServer]:
    with gbfs_server() as server:
        server.files = {
            "system_information": {"system_id": "city", "name": "City", "timezone": "Europe/Oslo", "language": "en"},
            "station_status": {"stations": [{"station_id": "a", "num_bikes_available": 3, "num_docks_available": 4}]},
        }
        yield server


def start(server: GbfsServer, folder: Path) -> LiveSource:
    settings = Settings.model_validate({"feed": "gbfs", "gbfs_url": server.url, "data_dir": folder})
    source = LiveSource(settings, Steps())
    source.feed.close()
    return source


@pytest.mark.parametrize("fault", [404, 500, 503])
def test_a_city_keeps_its_folder_while_its_file_is_away(city: GbfsServer, tmp_path: Path, fault: int) -> None:
    assert start(city, tmp_path).system_id == "city"
    city.faults["system_information"] = fault

    source = start(city, tmp_path)

    assert (source.system_id, source.feed.system.name) == ("city", "City")


def test_and_while_the_whole_feed_is_away(city: GbfsServer, tmp_path: Path) -> None:
    start(city, tmp_path)
    city.faults["gbfs"] = 503

    assert start(city, tmp_path).system_id == "city"


def test_a_city_never_met_is_not_given_a_folder_by_guess(city: GbfsServer, tmp_path: Path) -> None:
    city.faults["system_information"] = 503

    with pytest.raises(RunError, match="which system it is"):
        start(city, tmp_path)
    assert not (tmp_path / "systems.json").exists()


def test_a_city_without_such_a_file_goes_by_its_host(city: GbfsServer, tmp_path: Path) -> None:
    city.faults["system_information"] = 404

    assert start(city, tmp_path).system_id == "127.0.0.1"
