"""Which system an address led to, across runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.snapshot import System
from pedalcast.embedded.known_systems import KnownSystems

ADDRESS = "https://a/gbfs.json?token=t0ps3cret"
CITY = System("city/a", "City A", "Europe/Oslo", "nb")


def test_is_what_the_address_led_to_the_last_time(tmp_path: Path) -> None:
    assert KnownSystems(tmp_path).recall(ADDRESS) is None
    KnownSystems(tmp_path).remember(ADDRESS, CITY)
    KnownSystems(tmp_path).remember("https://b/gbfs.json", System("b", "B", "UTC"))

    assert KnownSystems(tmp_path).recall(ADDRESS) == CITY
    assert "t0ps3cret" not in (tmp_path / "systems.json").read_text()


@pytest.mark.parametrize("text", ["{", "[]", "5", '{"x": 4}'])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "systems.json").write_text(text)

    assert KnownSystems(tmp_path).recall(ADDRESS) is None
    KnownSystems(tmp_path).remember(ADDRESS, CITY)
    assert KnownSystems(tmp_path).recall(ADDRESS) == CITY


def test_files_of_earlier_versions_are_read(tmp_path: Path) -> None:
    (tmp_path / "systems.json").write_text('{"https://a/gbfs.json?token=t0ps3cret": "city-a"}')

    known = KnownSystems(tmp_path).recall(ADDRESS)

    assert known is not None
    assert known.id == "city-a"
