from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System
from collector.storage.station_value import StationValueError, read_station, station_value
from tests.collector.strategies import SNAPSHOTS

STATION = Station("ST-4", "망원역", 3, 7, 37.5, 126.9, 10, reported_at=None)
AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


def value(station: Station) -> dict[str, object]:
    snapshot = Snapshot(System("city", "City", "Asia/Seoul"), AT, AT, (station,))
    found = orjson.loads(station_value(station, snapshot))
    assert isinstance(found, dict)
    return found


class TestStationValue:
    def test_leaves_out_what_the_feed_does_not_say(self) -> None:
        assert set(value(Station("ST-4", "망원역", 3, 7))) == {
            "station_id",
            "name",
            "bikes",
            "docks",
            "renting",
            "returning",
            "installed",
            "observed_at",
            "snapshot_id",
        }

    def test_says_all_that_is_known(self) -> None:
        names = {"ko": "망원역", "en": "Mangwon"}
        station = Station(
            "ST-4", "망원역", 3, 7, 37.5, 126.9, 10, ebikes=0, reported_at=AT, names=names, bikes_disabled=1
        )

        found = value(station)

        assert (found["lat"], found["lon"], found["capacity"], found["ebikes"]) == (37.5, 126.9, 10, 0)
        assert (found["names"], found["reported_at"]) == (names, "2026-11-20T10:05:00Z")
        assert found["bikes_disabled"] == 1

    def test_marks_a_station_where_any_number_fits(self) -> None:
        assert value(Station("v", "Virtual", 3, UNLIMITED_DOCKS))["unlimited"] is True

    def test_says_null_for_docks_that_nobody_knows(self) -> None:
        assert value(Station("v", "Virtual", 3, None))["docks"] is None


class TestReadStation:
    @given(given=SNAPSHOTS)
    def test_gives_back_what_was_written(self, given: Snapshot) -> None:
        for station in given.stations:
            read = read_station(station_value(station, given))

            assert (read.station_id, read.name, read.bikes, read.docks) == (
                station.id,
                station.name,
                station.bikes,
                station.docks,
            )
            assert (read.lat, read.lon, read.capacity, read.names) == (
                station.lat,
                station.lon,
                station.capacity,
                station.names,
            )
            assert (read.observed_at, read.reported_at) == (given.observed_at, station.reported_at)
            assert (read.snapshot_id, read.unlimited) == (given.id, station.docks == UNLIMITED_DOCKS)

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [("bikes", None), ("bikes", "3"), ("docks", "x"), ("observed_at", 4), ("observed_at", "soon"), ("lat", "37")],
    )
    def test_refuses_a_field_of_another_kind(self, name: str, wrong: object) -> None:
        with pytest.raises(StationValueError):
            read_station(orjson.dumps(value(STATION) | {name: wrong}))

    @pytest.mark.parametrize(
        "wrong",
        [b"", b"null", b"[]", b"no JSON", b'{"name":"\xff"}', b'{"z":' + b"[" * 100_000 + b"]" * 100_000 + b"}"],
        ids=["nothing", "null", "a list", "text", "no UTF-8", "deep"],
    )
    def test_refuses_what_is_no_station(self, wrong: bytes) -> None:
        with pytest.raises(StationValueError):
            read_station(wrong)

    def test_refuses_a_time_without_a_zone(self) -> None:
        with pytest.raises(StationValueError):
            read_station(orjson.dumps(value(STATION) | {"observed_at": "2026-11-20T10:05:00"}))
