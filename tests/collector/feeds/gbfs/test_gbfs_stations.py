from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.feeds.gbfs.gbfs_files import Envelope, VehicleTypes
from collector.feeds.gbfs.gbfs_stations import Information, read_information, read_status
from collector.parsing.fields import MAX_NAME
from collector.snapshot import UNLIMITED_DOCKS
from tests.collector.strategies import near

STATUS = {
    "station_id": "001",
    "num_bikes_available": 2,
    "num_bikes_disabled": 1,
    "num_docks_available": 29,
    "num_docks_disabled": 3,
    "is_installed": 1,
    "is_renting": 1,
    "is_returning": 0,
    "last_reported": 1631517287,
}
ABOUT = {"station_id": "001", "name": "Kaivopuisto", "lat": 60.155, "lon": 24.95, "capacity": 30}
TYPES = VehicleTypes()


def envelope(*stations: Any, version: str = "1.0") -> Envelope:
    return Envelope(version, None, 60, {"stations": list(stations)})


class TestStatus:
    def test_all_that_is_said(self) -> None:
        information, _ = read_information(envelope(ABOUT), "en")
        (station,), rejected = read_status(envelope(STATUS), information, TYPES)

        assert (station.id, station.name, station.lat, station.lon) == ("001", "Kaivopuisto", 60.155, 24.95)
        assert (station.bikes, station.docks, station.capacity) == (2, 29, 30)
        assert (station.bikes_disabled, station.docks_disabled) == (1, 3)
        assert (station.installed, station.renting, station.returning) == (True, True, False)
        assert station.reported_at == datetime(2021, 9, 13, 7, 14, 47, tzinfo=UTC)
        assert not rejected

    def test_version_3_names(self) -> None:
        status = {
            "station_id": "s",
            "num_vehicles_available": 5,
            "num_vehicles_disabled": 2,
            "num_docks_available": 15,
            "is_renting": True,
            "is_returning": False,
            "last_reported": "2025-11-05T12:00:00+00:00",
        }
        (station,), _ = read_status(envelope(status, version="3.0"), {}, TYPES)

        assert (station.bikes, station.bikes_disabled, station.returning) == (5, 2, False)
        assert station.reported_at == datetime(2025, 11, 5, 12, tzinfo=UTC)

    @pytest.mark.parametrize("station_id", [None, "", "  ", True, 1.5])
    def test_no_station_id(self, station_id: Any) -> None:
        stations, rejected = read_status(envelope(STATUS | {"station_id": station_id}, STATUS), {}, TYPES)

        assert [station.id for station in stations] == ["001"]
        assert rejected == {"no_station_id": 1}

    def test_a_station_id_that_is_an_integer(self) -> None:
        information, _ = read_information(envelope(ABOUT | {"station_id": 213688169}), "en")
        (station,), _ = read_status(envelope(STATUS | {"station_id": "213688169"}), information, TYPES)

        assert station.name == "Kaivopuisto"

    def test_of_a_station_sent_twice_the_record_reported_last_counts(self) -> None:
        newer = STATUS | {"num_bikes_available": 8, "last_reported": 1631517288}

        for records in [(STATUS, newer), (newer, STATUS)]:
            (station,), rejected = read_status(envelope(*records), {}, TYPES)
            assert station.bikes == 8
            assert rejected == {"duplicate": 1}

    def test_the_files_name_different_sets(self) -> None:
        information, _ = read_information(envelope(ABOUT, ABOUT | {"station_id": "closed"}), "en")
        stations, rejected = read_status(envelope(STATUS, STATUS | {"station_id": "new"}), information, TYPES)

        assert [(station.id, station.name) for station in stations] == [("001", "Kaivopuisto"), ("new", "new")]
        assert stations[1].lat is None
        assert rejected == {"no_status": 1}

    def test_out_of_season_a_station_stays_known(self) -> None:
        status = {name: value for name, value in STATUS.items() if name not in ("is_renting", "is_returning")}
        (station,), _ = read_status(envelope(status | {"is_installed": 0}), {}, TYPES)

        assert (station.installed, station.renting, station.returning) == (False, False, False)

    def test_counts_keep_their_meaning_while_nothing_is_rented(self) -> None:
        (station,), _ = read_status(envelope(STATUS | {"is_renting": 0}), {}, TYPES)

        assert (station.bikes, station.renting) == (2, False)

    @pytest.mark.parametrize("reported", [None, 86400, -62135596800, -(2**63), "never"])
    def test_no_time_or_an_absurd_one_is_none(self, reported: Any) -> None:
        (station,), rejected = read_status(envelope(STATUS | {"last_reported": reported}), {}, TYPES)

        assert station.reported_at is None
        assert not rejected

    def test_a_time_months_old_stands(self) -> None:
        (station,), _ = read_status(envelope(STATUS | {"last_reported": 1613934558}), {}, TYPES)

        assert station.reported_at == datetime(2021, 2, 21, 19, 9, 18, tzinfo=UTC)

    def test_a_time_in_a_string(self) -> None:
        (station,), _ = read_status(envelope(STATUS | {"last_reported": "1473913730"}), {}, TYPES)

        assert station.reported_at is not None

    def test_bikes_above_capacity_go_through(self) -> None:
        information, _ = read_information(envelope(ABOUT), "en")
        (station,), _ = read_status(
            envelope(STATUS | {"num_bikes_available": 43, "num_docks_available": 0}), information, TYPES
        )

        assert (station.bikes, station.docks, station.capacity) == (43, 0, 30)

    @pytest.mark.parametrize("bikes", [-300, None, "x"])
    def test_a_count_that_is_none_is_set_aside(self, bikes: Any) -> None:
        assert read_status(envelope(STATUS | {"num_bikes_available": bikes}), {}, TYPES) == ([], {"bad_bikes": 1})

    @pytest.mark.parametrize("record", [None, 7, "station", []])
    def test_a_record_that_is_no_object(self, record: Any) -> None:
        assert read_status(envelope(record), {}, TYPES) == ([], {"not_an_object": 1})


BAD_CAPACITY = Information(bad_capacity=True)
MENDED = {
    "unknown_docks",
    "bad_docks",
    "bad_position",
    "negative_docks",
    "negative_bikes",
    "bad_capacity",
    "unreadable_name",
    "long_name",
    "future_reported_at",
}


class TestTimes:
    AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)

    @pytest.mark.parametrize("ahead", [61, 3600, 10**7])
    def test_a_report_from_the_future_is_none_and_counted(self, ahead: int) -> None:
        sent = STATUS | {"last_reported": self.AT.timestamp() + ahead}
        (station,), faults = read_status(envelope(sent), {"001": Information()}, TYPES, at=self.AT)

        assert (station.reported_at, faults) == (None, {"future_reported_at": 1})

    def test_a_clock_a_little_ahead_is_the_present(self) -> None:
        sent = STATUS | {"last_reported": self.AT.timestamp() + 30}
        (station,), faults = read_status(envelope(sent), {"001": Information()}, TYPES, at=self.AT)

        assert (station.reported_at, faults) == (self.AT, {})

    def test_local_time_is_that_of_the_systems_zone(self) -> None:
        sent = STATUS | {"last_reported": "2026-11-20 19:04:00"}
        zone = ZoneInfo("Asia/Seoul")
        (station,), _ = read_status(envelope(sent), {"001": Information()}, TYPES, zone=zone, at=self.AT)

        assert station.reported_at == datetime(2026, 11, 20, 10, 4, tzinfo=UTC)


class TestSizes:
    def test_an_id_without_measure_is_set_aside(self) -> None:
        stations, faults = read_status(envelope(STATUS | {"station_id": "x" * 100_000}, STATUS), {}, TYPES)

        assert [station.id for station in stations] == ["001"]
        assert faults["long_station_id"] == 1

    def test_a_name_is_cut(self) -> None:
        information, faults = read_information(envelope(ABOUT | {"name": "가" * 100_000}), "en")

        assert len(information["001"].name or "") == MAX_NAME
        assert faults == {"long_name": 1}

    def test_ids_that_could_not_be_decoded_are_set_aside(self) -> None:
        """Two of them would become one station."""
        records = [STATUS | {"station_id": "\ufffd\ufffd"}, STATUS | {"station_id": "\ufffd\ufffd"}]

        assert read_status(envelope(*records), {}, TYPES) == ([], {"unreadable_station_id": 2})

    def test_a_name_of_several_that_could_not_be_decoded_is_counted(self) -> None:
        names = [{"text": "\ufffd", "language": "ko"}, {"text": "Quay", "language": "en"}]
        information, faults = read_information(envelope(ABOUT | {"name": names}, version="3.0"), "ko")

        assert (information["001"].names, faults) == ({"en": "Quay"}, {"unreadable_name": 1})

    def test_a_name_that_could_not_be_decoded_is_none(self) -> None:
        information, faults = read_information(envelope(ABOUT | {"name": "caf\ufffd"}), "en")

        assert (information["001"].name, faults) == (None, {"unreadable_name": 1})

    def test_types_that_add_up_to_nonsense_lose_the_station(self) -> None:
        counts = [{"vehicle_type_id": str(number), "count": 8000} for number in range(5)]
        record = {"station_id": "1", "vehicle_types_available": counts, "num_docks_available": 3}

        assert read_status(envelope(record, STATUS), {}, TYPES)[1] == {"bad_bikes": 1}


class TestDocks:
    NONE = {name: value for name, value in STATUS.items() if name != "num_docks_available"}  # noqa: RUF012 a fixture

    def test_none_sent_follow_from_the_capacity(self) -> None:
        for version in ("1.0", "2.3", "3.0"):
            (station,), _ = read_status(envelope(self.NONE, version=version), {"001": Information(capacity=30)}, TYPES)
            assert station.docks == 28

    def test_none_sent_and_no_capacity_means_any_number_since_version_2(self) -> None:
        (station,), _ = read_status(envelope(self.NONE, version="2.0"), {"001": Information()}, TYPES)

        assert station.docks == UNLIMITED_DOCKS

    @pytest.mark.parametrize(
        ("version", "about"),
        [("2.3", {}), ("3.0", {}), ("1.1", {}), ("1.1", {"001": Information()}), ("2.3", {"001": BAD_CAPACITY})],
    )
    def test_otherwise_nobody_knows(self, version: str, about: dict[str, Information]) -> None:
        (station,), faults = read_status(envelope(self.NONE, version=version), about, TYPES)

        assert station.docks is None
        assert faults["unknown_docks"] == 1

    @pytest.mark.parametrize("capacity", [-4, "many", 10**6])
    def test_a_capacity_that_is_none_makes_no_station_unlimited(self, capacity: Any) -> None:
        information, faults = read_information(envelope(ABOUT | {"capacity": capacity}), "en")
        (station,), _ = read_status(envelope(self.NONE, version="2.3"), information, TYPES)

        assert (station.capacity, station.docks, faults["bad_capacity"]) == (None, None, 1)

    @pytest.mark.parametrize("below", [-1, "-1", -1.0, -100])
    def test_below_zero_is_none(self, below: Any) -> None:
        sent = {"num_bikes_available": 12, "num_docks_available": below}
        (station,), faults = read_status(envelope(STATUS | sent), {"001": Information()}, TYPES)

        assert (station.bikes, station.docks) == (12, 0)
        assert faults == {"negative_docks": 1}

    def test_bikes_below_zero_are_none_too(self) -> None:
        (station,), faults = read_status(envelope(STATUS | {"num_bikes_available": -1}), {"001": Information()}, TYPES)

        assert (station.bikes, faults) == (0, {"negative_bikes": 1})

    @pytest.mark.parametrize("docks", ["N/A", 1.5, -300, 10_000, [], {}])
    def test_a_number_that_is_none_costs_the_docks_and_not_the_station(self, docks: Any) -> None:
        record = STATUS | {"num_bikes_available": 12, "num_docks_available": docks}
        for about, free in (({}, None), ({"001": Information()}, None), ({"001": Information(capacity=30)}, 18)):
            (station,), faults = read_status(envelope(record, version="2.3"), about, TYPES)

            assert (station.bikes, station.docks, faults["bad_docks"]) == (12, free, 1)

    @pytest.mark.parametrize(
        ("sent", "docks"),
        [
            ([{"vehicle_type_ids": ["a"], "count": 3}, {"vehicle_type_ids": ["b"], "count": "4"}], 7),
            ([{"vehicle_type_ids": ["a"], "count": None}], None),
            ("many", None),
            ([], UNLIMITED_DOCKS),
        ],
    )
    def test_docks_by_type_of_vehicle(self, sent: Any, docks: int | None) -> None:
        record = self.NONE | {"vehicle_docks_available": sent}
        (station,), _ = read_status(envelope(record, version="2.3"), {"001": Information()}, TYPES)

        assert station.docks == docks

    @pytest.mark.parametrize(
        ("about", "docks"),
        [
            ({"vehicle_type_capacity": {"a": 10, "b": 5}}, 13),
            ({"vehicle_docks_capacity": [{"vehicle_type_ids": ["a"], "count": 15}]}, 13),
            ({"vehicle_docks_capacity": [{"vehicle_type_ids": ["a"]}]}, None),
        ],
    )
    def test_a_capacity_by_type_of_vehicle_makes_no_station_unlimited(self, about: Any, docks: int | None) -> None:
        information, _ = read_information(envelope({"station_id": "001", **about}), "en")
        (station,), _ = read_status(envelope(self.NONE, version="3.0"), information, TYPES)

        assert station.docks == docks

    def test_a_virtual_station_takes_any_number(self) -> None:
        about = {"001": Information(capacity=3, virtual=True)}
        (station,), _ = read_status(envelope(self.NONE, version="2.3"), about, TYPES)

        assert station.docks == UNLIMITED_DOCKS


class TestInformation:
    @pytest.mark.parametrize("name", [None, ""])
    def test_a_station_without_a_name_goes_by_its_id(self, name: Any) -> None:
        information, _ = read_information(envelope(ABOUT | {"name": name}), "en")
        (station,), _ = read_status(envelope(STATUS), information, TYPES)

        assert station.name == "001"

    @pytest.mark.parametrize("change", [{"lat": None, "lon": None}, {"lat": 0.0, "lon": 0.0}])
    def test_no_position(self, change: dict[str, Any]) -> None:
        information, rejected = read_information(envelope(ABOUT | change), "en")

        assert (information["001"].lat, information["001"].lon) == (None, None)
        assert not rejected

    @pytest.mark.parametrize("change", [{"lat": "north"}, {"lon": None}, {"lat": "60,155"}, {"lat": True}, {"lon": []}])
    def test_half_a_position_is_none_and_counted(self, change: dict[str, Any]) -> None:
        information, mended = read_information(envelope(ABOUT | change), "en")

        assert (information["001"].lat, information["001"].lon, mended) == (None, None, {"bad_position": 1})

    def test_names_by_language(self) -> None:
        names = [{"text": "여울역", "language": "ko"}, {"text": "Yeoul", "language": "en"}]
        information, _ = read_information(envelope(ABOUT | {"name": names}), "ko")
        (station,), _ = read_status(envelope(STATUS), information, TYPES)

        assert (station.name, station.names) == ("여울역", {"ko": "여울역", "en": "Yeoul"})

    def test_capacity_is_optional(self) -> None:
        about = {name: value for name, value in ABOUT.items() if name != "capacity"}

        assert read_information(envelope(about), "en")[0]["001"].capacity is None


class TestAnything:
    @given(
        st.lists(near(STATUS), max_size=5), st.lists(near(ABOUT), max_size=5), st.sampled_from(["1.0", "2.3", "3.0"])
    )
    def test_every_record_is_accepted_or_counted(self, statuses: list[Any], abouts: list[Any], version: str) -> None:
        information, set_aside = read_information(envelope(*abouts, version=version), "en")
        assert len(information) + sum(count for reason, count in set_aside.items() if reason not in MENDED) == len(
            abouts
        )

        stations, rejected = read_status(envelope(*statuses, version=version), information, TYPES)
        without_status = rejected.pop("no_status", 0)
        lost = sum(count for reason, count in rejected.items() if reason not in MENDED)
        assert len(stations) + lost == len(statuses)
        assert without_status <= len(information)
