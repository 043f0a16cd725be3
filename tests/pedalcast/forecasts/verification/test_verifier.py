"""Forecasts judged when their time has come."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
import pytest
import redis
from numpy.testing import assert_array_equal

from collector.snapshot import Snapshot
from collector.storage.stream_entry import decode_entry, encode_entry
from forecaster.distribution import CHANGES, WIDTH
from forecaster.model import Forecast
from forecaster.model.forecast import Spread
from pedalcast.forecasts.encoding.byte_matrix import RunTimes
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo, Timings
from pedalcast.forecasts.inputs.poll_window import PollWindow, StationLookup
from pedalcast.forecasts.leadership.lease import HeldLease
from pedalcast.forecasts.verification.matched_forecast import MatchedForecast
from pedalcast.forecasts.verification.pending_runs import KEY, PendingRunStore, dump, load
from pedalcast.forecasts.verification.verifier import ForecastVerifier

Poll = Callable[..., Snapshot]
START = 1_795_168_800
HELD = HeldLease(b"7:me")


class City:
    """A ring, a judge over it, and what the judge says."""

    def __init__(self, client: redis.Redis, facts: StationLookup, poll: Poll) -> None:
        self.outcomes: list[MatchedForecast] = []
        self.missed: list[int] = []
        self.ring = PollWindow(facts)
        self._poll = poll
        self.judge = ForecastVerifier(PendingRunStore(client), self._matured, self.missed.append)

    def _matured(self, outcomes: Sequence[MatchedForecast]) -> None:
        self.outcomes += outcomes

    def polled(self, minute: float, bikes: dict[str, int] | None = None) -> None:
        self.ring.append(decode_entry("0-0", encode_entry(self._poll(minute, bikes))))
        self.judge.polled(self.ring, HELD)

    def made(self, minute: int, minutes: tuple[int, ...] = (10, 30)) -> None:
        """A run at this minute that expects one bike more everywhere."""
        window = self.ring.window()
        base = START + 60 * minute
        last = window.bikes[-1].copy()
        expected = np.tile(last + 1, (len(minutes), 1))
        counts = expected.astype(np.int16)
        likely = np.full(expected.shape, 0.75, np.float32)
        one_more = np.broadcast_to(CHANGES >= 1, (*expected.shape, WIDTH)).astype(np.float32)
        spread = Spread(slice(None), one_more)
        made = Forecast(
            minutes, bikes=expected, low=counts, high=counts, p_bike=likely, p_dock=likely, spreads=(spread,)
        )
        info = RunInfo(f"run-{minute}", base, base, base, "plus", minutes)
        stamps = RunTimes(base, self.ring.observed_at, tuple(base + 60 * m for m in minutes))
        self.judge.made(
            ForecastRun(info, self.ring.ids, made, stamps, last, window.docks[-1].copy(), Timings(0, 0, 0, 0)), HELD
        )


@pytest.fixture
def city(redis_client: redis.Redis, facts: StationLookup, poll: Poll) -> City:
    return City(redis_client, facts, poll)


class TestJudge:
    def test_matches_each_horizon_at_its_time(self, city: City) -> None:
        city.polled(0)
        city.made(0)
        city.polled(5)
        assert not city.outcomes
        city.polled(10, {"ST-1": 4, "ST-2": 0, "ST-3": 9})
        (first,) = city.outcomes
        assert (first.minutes, first.observed_at) == (10, START + 600)
        assert_array_equal(first.bikes, [4, 0, 9])
        for minute in (15, 20, 25, 30):
            city.polled(minute)
        assert [outcome.minutes for outcome in city.outcomes] == [10, 30]

    def test_takes_the_nearest_poll(self, city: City) -> None:
        city.polled(0)
        city.made(0, (10,))
        city.polled(9, {"ST-1": 1})
        city.polled(12, {"ST-1": 2})
        assert [outcome.observed_at for outcome in city.outcomes] == [START + 540]

    def test_gives_up_where_no_poll_is_near(self, city: City) -> None:
        city.polled(0)
        city.made(0, (10,))
        city.polled(20)
        assert city.missed == [10]
        assert not city.outcomes

    def test_knows_stations_that_came_and_went(self, city: City) -> None:
        city.polled(0)
        city.made(0, (10,))
        city.polled(10, {"NEW": 5, "ST-3": 9})
        assert_array_equal(city.outcomes[0].bikes, [np.nan, np.nan, 9])

    def test_goes_on_after_a_restart_without_judging_twice(
        self, city: City, redis_client: redis.Redis, facts: StationLookup, poll: Poll
    ) -> None:
        city.polled(0)
        city.made(0)
        city.polled(10)
        again = City(redis_client, facts, poll)
        for minute in (0, 10, 20):
            again.ring.append(decode_entry("0-0", encode_entry(poll(minute))))
        again.polled(30, {"ST-1": 1, "ST-2": 2, "ST-3": 3})
        assert [outcome.minutes for outcome in again.outcomes] == [30]
        assert_array_equal(again.outcomes[0].pending.distribution(1).mean(), [4, 1, 11])
        assert redis_client.hlen(KEY) == 0

    def test_has_a_tolerance(self, redis_client: redis.Redis, facts: StationLookup, poll: Poll) -> None:
        city = City(redis_client, facts, poll)
        city.judge = ForecastVerifier(PendingRunStore(redis_client), city._matured, tolerance=timedelta(minutes=15))
        city.polled(0)
        city.made(0, (10,))
        city.polled(20)
        assert [outcome.observed_at for outcome in city.outcomes] == [START]


def test_a_pending_run_is_read_back_as_it_was_written(city: City, redis_client: redis.Redis) -> None:
    city.polled(0)
    city.made(0)
    ((pending, left),) = PendingRunStore(redis_client).all()
    assert left == {0, 1}
    assert (pending.run, pending.model, pending.minutes) == ("run-0", "plus", (10, 30))
    assert pending.targets == (START + 600, START + 1800)
    assert_array_equal(pending.last_bikes, [3, 0, 10])
    assert_array_equal(pending.last_docks, [7, 10, 0])
    for place in (0, 1):
        assert_array_equal(pending.distribution(place).mean(), [4, 1, 11])
    older = dump(pending).replace(b'{"v":3', b'{"v":2')
    assert load(older) is None
    redis_client.hset(KEY, "run-of-before", older)
    assert [one.run for one, _ in PendingRunStore(redis_client).all()] == ["run-0"]
    assert redis_client.hkeys(KEY) == [b"run-0"]
