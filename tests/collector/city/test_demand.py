from __future__ import annotations

import pytest

from collector.city.demand import SLOTS_A_DAY, TRIPS_A_DAY, WEEKEND_VOLUME, Demand
from collector.city.plan import plan_city

SITES = plan_city(7, 100)
DEMAND = Demand(SITES)


class TestDemand:
    def test_a_fair_weekday_has_the_trips_it_should(self) -> None:
        trips = sum(DEMAND.a_minute(0, slot) * 30 for slot in range(SLOTS_A_DAY))

        assert trips == pytest.approx(TRIPS_A_DAY * len(SITES))

    def test_weekends_have_another_rhythm(self) -> None:
        morning, afternoon = 16, 34  # 8:00, 17:00
        weekday = DEMAND.a_minute(0, morning) / DEMAND.a_minute(0, afternoon)
        weekend = DEMAND.a_minute(1, morning) / DEMAND.a_minute(1, afternoon)

        assert weekday > 2 * weekend
        assert WEEKEND_VOLUME < 1

    def test_weights_are_cumulative_and_every_station_has_some(self) -> None:
        for weights in (DEMAND.origins(0, 16), DEMAND.destinations(3, 1, 30)):
            steps = [b - a for a, b in zip([0.0, *weights], weights, strict=False)]
            assert len(steps) == len(SITES)
            assert min(steps) > 0

    def test_in_the_morning_offices_pull_and_in_the_evening_homes(self) -> None:
        def pull(kind: str, slot: int) -> float:
            weights = list(DEMAND.destinations(0, 0, slot))
            steps = [b - a for a, b in zip([0.0, *weights], weights, strict=False)]
            return sum(step for step, site in zip(steps, SITES, strict=True) if site.kind == kind) / weights[-1]

        assert pull("office", 17) > 2 * pull("office", 40)
        assert pull("home", 40) > 2 * pull("home", 17)
