from __future__ import annotations

from datetime import UTC, datetime

import orjson

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System
from collector.storage.station_value import station_value

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
