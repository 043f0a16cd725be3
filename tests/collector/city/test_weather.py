from __future__ import annotations

from datetime import date, timedelta
from statistics import mean

from collector.city.weather import riding

YEAR = [date(2026, 1, 1) + timedelta(days=i) for i in range(365)]


class TestRiding:
    def test_the_same_for_the_same_seed_and_day(self) -> None:
        first = riding(7, YEAR[100])
        riding.cache_clear()

        assert riding(7, YEAR[100]) == first
        assert riding(8, YEAR[100]) != first

    def test_spring_is_better_than_winter(self) -> None:
        assert mean(mean(riding(7, day)) for day in YEAR if day.month == 5) > 1.2 * mean(
            mean(riding(7, day)) for day in YEAR if day.month == 1
        )

    def test_some_days_are_wet_for_hours_most_are_not(self) -> None:
        wet = [day for day in YEAR if len(set(riding(7, day))) > 1]

        assert 60 < len(wet) < 170
        for day in wet:
            factors = riding(7, day)
            assert min(factors) < 0.7 * max(factors)

    def test_a_year_is_near_one(self) -> None:
        assert 0.85 < mean(mean(riding(7, day)) for day in YEAR) < 1.05
