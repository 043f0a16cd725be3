from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from collector.feeds.gbfs.gbfs_files import VehicleTypes
from collector.feeds.gbfs.gbfs_vehicles import bikes_and_ebikes
from tests.collector.strategies import near

TYPES = VehicleTypes(human=frozenset({"1"}), electric=frozenset({"2"}), others=frozenset({"3"}))
NO_TYPES = VehicleTypes()


def by_type(**counts: Any) -> list[dict[str, Any]]:
    return [{"vehicle_type_id": name.strip("_"), "count": number} for name, number in counts.items()]


class TestBikes:
    @pytest.mark.parametrize("name", ["num_bikes_available", "num_vehicles_available"])
    def test_the_total_under_its_names(self, name: str) -> None:
        assert bikes_and_ebikes({name: 7}, NO_TYPES) == (7, None)

    @pytest.mark.parametrize("value", [None, -101, "many", 2.5, True])
    def test_nonsense_is_unknown(self, value: Any) -> None:
        assert bikes_and_ebikes({"num_bikes_available": value}, NO_TYPES)[0] is None

    def test_a_missing_total_follows_from_the_types(self) -> None:
        assert bikes_and_ebikes({"vehicle_types_available": by_type(_1=3, _2=2, _3=9)}, TYPES) == (5, 2)

    def test_scooters_are_no_bikes_where_the_total_counts_them(self) -> None:
        record = {"num_vehicles_available": 14, "vehicle_types_available": by_type(_1=3, _2=2, _3=9)}

        assert bikes_and_ebikes(record, TYPES) == (5, 2)

    def test_nor_where_it_does_not(self) -> None:
        record = {"num_bikes_available": 0, "vehicle_types_available": by_type(_1=0, _2=0, _3=3)}

        assert bikes_and_ebikes(record, TYPES) == (0, 0)

    def test_a_total_stands_where_the_types_do_not_add_up_to_it(self) -> None:
        record = {"num_bikes_available": 6, "vehicle_types_available": by_type(_1=3, _3=9)}

        assert bikes_and_ebikes(record, TYPES) == (6, 0)

    def test_a_total_of_zero_beside_bikes_of_known_types_is_not_kept(self) -> None:
        record = {"num_bikes_available": 0, "vehicle_types_available": by_type(_1=3, _2=1)}

        assert bikes_and_ebikes(record, TYPES) == (4, 1)

    def test_a_total_of_zero_stands_beside_types_nobody_knows(self) -> None:
        record = {"num_bikes_available": 0, "vehicle_types_available": by_type(x=3)}

        assert bikes_and_ebikes(record, TYPES) == (0, 0)


class TestEbikes:
    def test_said_by_name(self) -> None:
        assert bikes_and_ebikes({"num_bikes_available": 5, "num_ebikes_available": 2}, NO_TYPES) == (5, 2)

    @pytest.mark.parametrize(
        "counts",
        [
            {"mechanical": 6, "ebike": 5},  # Barcelona
            [{"mechanical": 6}, {"ebike": 5}],  # Paris
            {"electric": 5, "smart": 0, "classic": 6},  # Boulder
        ],
    )
    def test_counts_by_type_in_their_shapes(self, counts: Any) -> None:
        record = {"num_bikes_available": 11, "num_bikes_available_types": counts}

        assert bikes_and_ebikes(record, NO_TYPES) == (11, 5)

    def test_unknown_where_no_file_says_what_the_types_are(self) -> None:
        record = {"num_bikes_available": 10, "vehicle_types_available": by_type(CityBike=10)}

        assert bikes_and_ebikes(record, NO_TYPES) == (10, None)

    def test_never_more_than_bikes(self) -> None:
        assert bikes_and_ebikes({"num_bikes_available": 1, "num_ebikes_available": 2}, NO_TYPES) == (1, 1)

    @given(near({"num_bikes_available": 3, "num_bikes_available_types": [{"ebike": 1}], "num_ebikes_available": 1}))
    def test_never_fails(self, record: Any) -> None:
        bikes, ebikes = bikes_and_ebikes(record if isinstance(record, dict) else {}, TYPES)

        assert bikes is None or bikes >= 0
        assert ebikes is None or ebikes >= 0
