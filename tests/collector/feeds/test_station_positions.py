"""Positions that cannot be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.feeds.station_positions import plausible_positions, zone_position
from collector.snapshot import Station


def city(lat: float, lon: float, number: int = 5) -> list[Station]:
    return [Station(str(i), str(i), 1, 1, lat + i / 100, lon + i / 100) for i in range(number)]


CITIES = {
    "Asia/Seoul": (37.55, 126.97),
    "America/Toronto": (45.5, -73.57),  # Montreal
    "Europe/London": (51.5, -0.05),
    "America/St_Johns": (47.56, -52.71),
    "Australia/Brisbane": (-27.47, 153.03),
    "America/Sao_Paulo": (-23.55, -46.63),
    "Africa/Nairobi": (0.0, 36.82),
}


@pytest.mark.parametrize("zone", CITIES)
def test_a_city_stays_where_it_is(zone: str) -> None:
    stations = city(*CITIES[zone])

    assert plausible_positions(stations, zone) == (stations, {})


@pytest.mark.parametrize("zone", [zone for zone in CITIES if zone != "Africa/Nairobi"])
@pytest.mark.parametrize("wrong", [1, 5])
def test_swapped_coordinates_are_swapped_back_and_counted(zone: str, wrong: int) -> None:
    stations = city(*CITIES[zone])
    sent = [replace(s, lat=s.lon, lon=s.lat) if int(s.id) < wrong else s for s in stations]

    assert plausible_positions(sent, zone) == (stations, {"swapped_position": wrong})


@pytest.mark.parametrize("zone", CITIES)
@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [(-75.0, 37.0, "far_position"), (95.0, 200.0, "impossible_position")],
)
def test_what_lies_elsewhere_is_dropped_and_counted(zone: str, lat: float, lon: float, reason: str) -> None:
    stations, faults = plausible_positions([*city(*CITIES[zone]), Station("x", "x", 1, 1, lat, lon)], zone)

    assert (stations[-1].lat, stations[-1].lon, faults) == (None, None, {reason: 1})


@pytest.mark.parametrize("sent", [(37.55, 0.0), (0.0, 126.97)])
def test_one_coordinate_that_is_zero_is_dropped_and_counted(sent: tuple[float, float]) -> None:
    for number in (0, 5):
        stations, faults = plausible_positions(
            [*city(37.55, 126.97, number), Station("x", "x", 1, 1, *sent)], "Asia/Seoul"
        )
        assert (stations[-1].lat, faults) == (None, {"zero_position": 1})


def test_where_the_city_lies_on_the_meridian_it_is_a_position() -> None:
    sent = [*city(51.5, -0.05), Station("x", "x", 1, 1, 51.48, 0.0)]

    assert plausible_positions(sent, "Europe/London") == (sent, {})
    assert plausible_positions(sent[-1:], "Europe/London") == (sent[-1:], {})


def test_without_a_zone_or_neighbours_only_the_impossible_is_mended() -> None:
    sent = [Station("a", "a", 1, 1, 126.97, 37.55), Station("b", "b", 1, 1, 48.0, 2.0)]
    stations, faults = plausible_positions(sent, "UTC")

    assert [(s.lat, s.lon) for s in stations] == [(37.55, 126.97), (48.0, 2.0)]
    assert faults == {"swapped_position": 1}


def test_a_zone_is_where_its_place_lies() -> None:
    assert zone_position("Etc/UTC") is None
    assert zone_position("Europe/Oslo") == pytest.approx((59.9167, 10.75), abs=0.001)
