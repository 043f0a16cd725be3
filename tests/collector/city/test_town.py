from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collector.city.town import Town

START = datetime(2026, 10, 4, 15, 0, tzinfo=UTC)


class TestArrivals:
    def test_at_a_full_station_the_bike_goes_on_to_the_next(self) -> None:
        town = Town(7, 50, START)
        town.bikes[5] = town.sites[5].racks
        town.moving = [(town.minute + 1, 5, 1)]

        town.advance(START + timedelta(minutes=1))

        onward = [station for minute, station, bikes in town.moving if minute == town.minute + 3 and bikes == 1]
        assert town.bikes[5] <= town.sites[5].racks
        assert any(station != 5 for station in onward)

    def test_when_all_are_full_it_waits(self) -> None:
        town = Town(7, 3, START)
        town.bikes = [site.racks for site in town.sites]
        total = sum(town.bikes) + 2
        town.moving = [(town.minute + 1, 0, 2)]

        town.advance(START + timedelta(hours=1))

        assert sum(town.bikes) + sum(bikes for _, _, bikes in town.moving) == total


class TestDepartures:
    def test_an_empty_city_loses_its_riders(self) -> None:
        town = Town(7, 20, START + timedelta(hours=8))
        town.bikes = [0] * 20

        town.advance(START + timedelta(hours=12))

        assert town.lost > 20
        assert sum(town.bikes) == 0
        assert town.moving == []

    def test_trips_take_time(self) -> None:
        town = Town(7, 50, START + timedelta(hours=8))
        before = town.minute

        town.advance(START + timedelta(hours=8, minutes=1))

        assert town.moving
        assert all(minute >= before + 3 for minute, _, _ in town.moving)
