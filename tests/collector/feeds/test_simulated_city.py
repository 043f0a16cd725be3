"""The invented city as a feed: is it real enough to learn from, and always the same?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.feeds.simulated_city import SimulatedCity

START = datetime(2026, 10, 4, 15, 0, tzinfo=UTC)  # a Monday's midnight in Seoul
STEP = timedelta(minutes=5)
DAY = 288


class Run:
    """Two weeks of polls: `bikes` is int[T, N], `moving` the bikes on the road at each poll."""

    def __init__(self) -> None:
        self.city = SimulatedCity(start=START)
        bikes, self.moving = [], []
        for i in range(14 * DAY):
            snapshot = self.city.fetch(START + i * STEP)
            bikes.append([station.bikes for station in snapshot.stations])
            self.moving.append(sum(arrival[2] for arrival in self.city.town.moving))
        self.bikes = np.array(bikes)
        self.capacity = np.array([site.racks for site in self.city.town.sites])
        self.kind = np.array([site.kind for site in self.city.town.sites])

    def at(self, day: int, hour: int) -> np.ndarray:
        return self.bikes[day * DAY + hour * 12]


@pytest.fixture(scope="module")
def run() -> Run:
    return Run()


class TestReality:
    def test_the_share_of_stations_unchanged_is_that_of_real_cities(self, run: Run) -> None:
        same = {lag: (run.bikes[lag:] == run.bikes[:-lag]).mean() for lag in (2, 6, 12)}

        assert 0.70 <= same[2] <= 0.85
        assert 0.50 <= same[6] <= 0.70
        assert 0.35 <= same[12] <= 0.60

    @pytest.mark.parametrize("month", [1, 7])
    def test_in_every_season(self, month: int) -> None:
        begin = datetime(2026, month, 5, 15, tzinfo=UTC)
        city = SimulatedCity(start=begin)
        bikes = np.array([[s.bikes for s in city.fetch(begin + i * STEP).stations] for i in range(3 * DAY)])

        assert 0.70 <= (bikes[2:] == bikes[:-2]).mean() <= 0.88

    def test_no_bike_is_lost_or_made(self, run: Run) -> None:
        totals = run.bikes.sum(axis=1) + np.array(run.moving)

        assert len(set(totals.tolist())) == 1

    def test_counts_stay_between_none_and_all_racks(self, run: Run) -> None:
        assert run.bikes.min() == 0
        assert (run.bikes <= run.capacity).all()

    def test_stations_run_empty_and_full_and_riders_are_lost(self, run: Run) -> None:
        assert 0.03 < (run.bikes == 0).mean() < 0.2
        assert 0.03 < (run.bikes == run.capacity).mean() < 0.2
        assert run.city.town.lost > 100

    def test_offices_fill_on_weekday_mornings_only(self, run: Run) -> None:
        office = run.kind == "office"
        gain = [(run.at(day, 10) - run.at(day, 7))[office].sum() for day in range(14)]
        weekdays = [gain[day] for day in range(14) if day % 7 < 5]
        weekends = [gain[day] for day in range(14) if day % 7 >= 5]

        assert np.mean(weekdays) > 50
        assert abs(np.mean(weekends)) < np.mean(weekdays) / 3

    def test_homes_empty_in_the_morning_and_fill_in_the_evening(self, run: Run) -> None:
        home = run.kind == "home"
        weekdays = [day for day in range(13) if day % 7 < 5]

        assert np.mean([(run.at(day, 9) - run.at(day, 6))[home].sum() for day in weekdays]) < -50
        assert np.mean([(run.at(day, 23) - run.at(day, 17))[home].sum() for day in weekdays]) > 50

    def test_rush_hours_are_busier_than_nights(self, run: Run) -> None:
        moved = np.abs(np.diff(run.bikes, axis=0)).sum(axis=1)
        hour = (np.arange(len(moved)) // 12) % 24

        assert moved[hour == 18].mean() > 4 * moved[hour == 3].mean()

    def test_days_differ(self, run: Run) -> None:
        moved = np.abs(np.diff(run.bikes, axis=0)).sum(axis=1)[: 13 * DAY].reshape(13, DAY).sum(axis=1)

        assert moved.max() > 1.2 * moved.min()


class TestStations:
    def test_the_same_ones_for_the_same_seed(self) -> None:
        one, other = SimulatedCity(seed=3, start=START), SimulatedCity(seed=3, start=START + timedelta(days=9))

        assert one.town.sites == other.town.sites
        assert one.town.sites != SimulatedCity(seed=4, start=START).town.sites

    @pytest.mark.parametrize("number", [1, 25, 200, 431])
    def test_as_many_as_wanted_each_with_a_name_of_its_own(self, number: int) -> None:
        stations = SimulatedCity(stations=number, start=START).fetch(START + timedelta(hours=9)).stations

        assert len(stations) == number
        for language in ("ko", "en"):
            assert len({station.names[language] for station in stations}) == number

    def test_say_all_that_a_feed_can(self) -> None:
        station = SimulatedCity(start=START).fetch(START + timedelta(hours=1)).stations[0]

        assert station.id == "SIM-1"
        assert station.name == station.names["ko"] == "101. 은별역 1번출구 앞"
        assert station.names["en"] == "101. Eunbyeol Station Exit 1"
        assert station.capacity == station.bikes + station.docks
        assert station.reported_at is not None
        assert station.reported_at <= START + timedelta(hours=1)


class TestTime:
    def test_what_happens_does_not_depend_on_how_often_one_looks(self) -> None:
        often, once = SimulatedCity(start=START), SimulatedCity(start=START)
        for i in range(0, 700, 7):
            often.fetch(START + timedelta(minutes=i))

        end = START + timedelta(minutes=700)
        assert often.fetch(end) == once.fetch(end)

    def test_a_restart_goes_on_from_the_kept_state(self) -> None:
        whole = SimulatedCity(start=START)
        whole.fetch(START + timedelta(hours=30))
        kept = json.loads(json.dumps(whole.state()))
        restarted = SimulatedCity(start=START + timedelta(days=300))
        restarted.restore(kept)

        end = START + timedelta(hours=40)
        assert restarted.fetch(end) == whole.fetch(end)
        assert restarted.state() == whole.state()

    def test_a_state_of_another_city_is_refused(self) -> None:
        kept = SimulatedCity(seed=1, start=START).state()

        for other in (SimulatedCity(seed=2, start=START), SimulatedCity(seed=1, stations=9, start=START)):
            with pytest.raises(ValueError, match="another seed or size"):
                other.restore(kept)
        with pytest.raises(ValueError, match="another seed or size"):
            SimulatedCity(seed=1, start=START).restore({})

    def test_it_never_runs_backwards(self) -> None:
        city = SimulatedCity(start=START)
        now = city.fetch(START + timedelta(hours=2))

        assert city.fetch(START) == now
        assert now.observed_at == START + timedelta(hours=2)
        assert now.window == START + timedelta(hours=2)
