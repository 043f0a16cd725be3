"""Snapshots to be served as GBFS: the simulated city, and recorded feeds as the collector reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from collector.feeds.gbfs.gbfs_files import VehicleTypes, read_envelope
from collector.feeds.gbfs.gbfs_stations import read_information, read_status
from collector.feeds.seoul.seoul_rows import read_page, read_rows
from collector.feeds.simulated_city import SimulatedCity
from collector.snapshot import Snapshot, Station, System, window_of

AT = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)
CHICAGO = System("chicago", "Divvy", "America/Chicago", "en")
HELSINKI = System("helsinki", "HSL", "Europe/Helsinki", "fi")
SEOUL = System("seoul-ttareungyi", "서울자전거 따릉이", "Asia/Seoul", "ko")
FOLDERS = {"chicago": "chicago_divvy_2025_v2.3", "helsinki": "helsinki_hsl_2021_trimmed_by_otp"}
SAMPLES = ("simulated", "seoul", "chicago", "helsinki")


def snapshot_of(system: System, *stations: Station) -> Snapshot:
    """A poll at `AT`."""
    return Snapshot(system, window_of(AT), AT, stations)


def sample_snapshot(name: str, shared_data: Path) -> Snapshot:
    """One of `SAMPLES`."""
    feeds = shared_data / "feeds"
    if name == "simulated":
        return SimulatedCity(start=AT).fetch(AT)
    if name == "seoul":
        body = (feeds / "seoul_ttareungyi/bikeList_undated_C_truncated_500.json").read_bytes()
        return snapshot_of(SEOUL, *read_rows(read_page(body))[0])
    folder, system = feeds / FOLDERS[name], {"chicago": CHICAGO, "helsinki": HELSINKI}[name]
    information_file = read_envelope((folder / "station_information.json").read_bytes())
    information, _ = read_information(information_file, system.language)
    status = read_envelope((folder / "station_status.json").read_bytes())
    return snapshot_of(system, *read_status(status, information, VehicleTypes())[0])
