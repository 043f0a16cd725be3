"""Every response captured from a real feed goes through the parsers, and what comes out makes sense."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from collector.errors import FeedError
from collector.feeds.gbfs.gbfs_files import (
    Envelope,
    VehicleTypes,
    read_discovery,
    read_envelope,
    read_system,
    read_vehicle_types,
)
from collector.feeds.gbfs.gbfs_stations import read_information, read_status
from collector.feeds.seoul.seoul_rows import read_page, read_rows
from collector.snapshot import Station, System

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "feeds"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in (".json", ".xml"))
EXPECTED = {  # stations accepted, records set aside
    "barcelona_bicing_2021/station_status.json": (509, {}),
    "barcelona_bicing_2022/station_status.json": (508, {"no_status": 1}),
    "boulder_bcycle_2022_v1.1/station_status_1644027738.json": (45, {"no_status": 1}),
    "chicago_divvy_2025_v2.3/station_status.json": (300, {}),
    "fixtures_NOT_REAL/otp_duplicate_stations_v3.0/station_status.json": (3, {"duplicate": 1}),
    "helsinki_hsl_2021_trimmed_by_otp/station_status.json": (10, {"no_station_id": 2}),
    "minneapolis_niceride_2016_v1.0/station_status.json": (198, {}),
    "nyc_citibike_2024_v1.1/station_status.json": (300, {}),
    "oslo_bysykkel_2022/station_status.json": (260, {}),
    "paris_velib/station_status.json": (1511, {}),
    "seoul_ttareungyi/bikeList_undated_C_truncated_500.json": (5, {}),
    "shapes/gbfs30-duplicate-station_status.json": (3, {"duplicate": 1}),
    "shapes/seoul-bikeList.json": (5, {}),
}


def sibling(path: Path, name: str) -> Envelope | None:
    """A file that stands beside a captured status, or in its place carries the same prefix."""
    for found in (path.with_name(f"{name}.json"), path.with_name(path.name.replace("station_status", name))):
        if found.is_file() and found != path:
            return read_envelope(found.read_bytes())
    return None


def read_status_file(path: Path) -> tuple[list[Station], Counter[str]]:
    types_file, information_file = sibling(path, "vehicle_types"), sibling(path, "station_information")
    types = read_vehicle_types(types_file) if types_file else VehicleTypes()
    information, rejected = read_information(information_file, "en") if information_file else ({}, Counter())
    stations, more = read_status(read_envelope(path.read_bytes()), information, types)
    return stations, rejected + more


def check(stations: list[Station]) -> None:
    assert stations
    assert len({station.id for station in stations}) == len(stations)
    for station in stations:
        assert station.id
        assert station.name
        assert station.bikes >= 0
        assert station.docks is None or station.docks >= 0
        assert (station.lat is None) == (station.lon is None)
        assert station.ebikes is None or 0 <= station.ebikes <= station.bikes


@pytest.mark.usefixtures("shared_data")
@pytest.mark.parametrize("name", FILES)
def test_captured(name: str) -> None:
    path = FOLDER / name
    body = path.read_bytes()
    if "bikeList" in name:
        stations, rejected = read_rows(read_page(body))
        check(stations)
    elif "station_status" in name:
        stations, rejected = read_status_file(path)
        check(stations)
    elif "records" in name:
        documents = orjson.loads(body)
        information, _ = read_information(
            Envelope("1.1", None, 60, {"stations": [documents["station_information"]]}), "en"
        )
        status = Envelope("1.1", None, 60, {"stations": [documents["station_status"]]})
        stations, rejected = read_status(status, information, VehicleTypes())
        check(stations)
    else:
        check_other(name, body)
        return
    wanted = EXPECTED.get(name, (len(stations), dict(rejected)))
    assert (len(stations), rejected) == (wanted[0], Counter(wanted[1]))


def check_other(name: str, body: bytes) -> None:
    """The files around the stations, and what is not for these parsers: refused with a word, never with a crash."""
    if "seoul" in name:
        with pytest.raises(FeedError, match=r"refused the key|rentBikeStatus"):
            read_page(body)
        return
    envelope = read_envelope(body)
    if name.endswith("/gbfs.json"):
        assert all("system_information" in urls["system_information"] for urls in read_discovery(envelope).values())
    elif "station_information" in name:
        information, rejected = read_information(envelope, "en")
        assert len(information) + sum(rejected.values()) == len(envelope.data["stations"])
        assert any(about.lat is not None for about in information.values())
    elif "system_information" in name:
        assert read_system(envelope, System("fallback", "fallback", "UTC")).id != "fallback"
    elif "vehicle_types" in name:
        types = read_vehicle_types(envelope)
        assert len(types.human | types.electric | types.others) == len(envelope.data["vehicle_types"])
    else:
        assert envelope.data  # free bikes, versions, manifests: only the envelope is ours


@pytest.mark.usefixtures("shared_data")
def test_there_are_captured_responses_to_test() -> None:
    assert len(FILES) >= 55
    assert EXPECTED.keys() <= set(FILES)
