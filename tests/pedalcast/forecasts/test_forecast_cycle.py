"""From a window to Redis and to what replicas serve."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import orjson
import pytest
import redis
from numpy.testing import assert_array_equal

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station
from collector.storage.stream_entry import decode_entry, encode_entry
from pedalcast.forecasts.forecast_cycle import CycleStart, ForecastCycle, newest_counts
from pedalcast.forecasts.inputs.poll_window import PollWindow, StationLookup
from pedalcast.forecasts.leadership.lease import KEY, HeldLease, Lease, LeaseLostError
from pedalcast.forecasts.prediction.active_model import ActiveModel
from pedalcast.forecasts.prediction.models import PersistenceModel
from pedalcast.forecasts.repository import ForecastRepository

Polled = Callable[..., Snapshot]
START = 1_795_168_800


@pytest.fixture
def ring(facts: StationLookup, poll: Polled) -> PollWindow:
    ring = PollWindow(facts)
    ring.append(decode_entry("0-0", encode_entry(poll(0))))
    return ring


@pytest.fixture
def repository(redis_client: redis.Redis) -> ForecastRepository:
    return ForecastRepository(redis_client, KEY)


@pytest.fixture
def cycle(
    ring: PollWindow, repository: ForecastRepository, clock: object, plus: Callable[..., object]
) -> ForecastCycle:
    return ForecastCycle(ring, ActiveModel(PersistenceModel(), plus()), repository, clock)  # type: ignore[arg-type]


class TestRun:
    def test_writes_each_station_and_the_whole(
        self, cycle: ForecastCycle, repository: ForecastRepository, held: HeldLease, redis_client: redis.Redis
    ) -> None:
        run, published = cycle.run(held, CycleStart())
        repository.publish(held, published)
        body = orjson.loads(published.body)
        assert body["run"] == run.info.id
        assert [station["station_id"] for station in body["stations"]] == ["ST-1", "ST-2", "ST-3"]
        for station in body["stations"]:
            assert orjson.loads(repository.station(station["station_id"]) or b"") == station
        assert repository.published() == published

    def test_has_an_id_of_its_own(self, cycle: ForecastCycle, held: HeldLease) -> None:
        ids = {cycle.run(held, CycleStart())[0].info.id for _ in range(3)}
        assert len(ids) == 3

    def test_times_its_parts(self, cycle: ForecastCycle, held: HeldLease) -> None:
        timings = cycle.run(held, CycleStart(read=0.25))[0].timings
        assert timings.read == 0.25
        assert min(timings.features, timings.predict, timings.write) > 0
        assert timings.total == pytest.approx(0.25 + timings.features + timings.predict + timings.write)

    def test_counts_from_the_observation_or_from_when_it_is_told(self, cycle: ForecastCycle, held: HeldLease) -> None:
        assert cycle.run(held, CycleStart())[0].stamps.targets == (START + 600, START + 1800)
        late = cycle.run(held, CycleStart(at=START + 3600))[0]
        assert late.stamps.targets == (START + 4200, START + 5400)
        assert late.info.observed_at == START

    def test_always_finds_a_dock_where_any_number_fits(
        self, cycle: ForecastCycle, ring: PollWindow, poll: Polled, held: HeldLease
    ) -> None:
        stations = (Station("ST-1", "Endless", 3, UNLIMITED_DOCKS), Station("ST-2", "Full", 3, 0))
        for minute in (5, 10):
            ring.append(decode_entry("0-0", encode_entry(replace(poll(minute), stations=stations))))
        run, published = cycle.run(held, CycleStart())
        endless = orjson.loads(published.body)["stations"][run.ids.index("ST-1")]
        assert [horizon["p_dock"] for horizon in endless["horizons"]] == [1, 1]
        cycle._models.swap(None)
        forecast = cycle.run(held, CycleStart())[0].forecast
        first, second = run.ids.index("ST-1"), run.ids.index("ST-2")
        assert (forecast.p_dock[:, first] == 1).all()
        assert (forecast.p_dock[:, second] < 1).all()
        assert (forecast.high[:, first] > 3).all()  # nothing holds more bikes off

    def test_goes_on_with_numbers_however_long_no_poll_comes(self, cycle: ForecastCycle, held: HeldLease) -> None:
        cycle._models.swap(None)
        _, published = cycle.run(held, CycleStart(at=START + 5 * 3600))
        body = orjson.loads(published.body)
        assert {station["observed_at"] for station in body["stations"]} == {"2026-11-20T10:00:00Z"}
        numbers = [v for s in body["stations"] for h in s["horizons"] for k, v in h.items() if k != "at"]
        assert len(numbers) == 3 * 4 * 6
        assert all(isinstance(number, int | float) for number in numbers)

    def test_writes_nothing_without_the_lease(
        self, cycle: ForecastCycle, redis_client: redis.Redis, repository: ForecastRepository
    ) -> None:
        with pytest.raises(LeaseLostError):
            cycle.run(HeldLease(b"1:nobody"), CycleStart())
        assert redis_client.keys("prediction:*") == []
        assert repository.published() is None

    def test_of_a_former_leader_is_not_published(
        self, cycle: ForecastCycle, held: HeldLease, redis_client: redis.Redis, repository: ForecastRepository
    ) -> None:
        _, published = cycle.run(held, CycleStart())
        redis_client.delete(KEY)
        Lease(redis_client).acquire()
        with pytest.raises(LeaseLostError):
            repository.publish(held, published)
        assert repository.published() is None


def test_the_last_number_of_each_station_goes_back_as_far_as_needed() -> None:
    rows = np.array([[1, 2, np.nan], [3, np.nan, np.nan], [np.nan, 4, np.nan], [5, np.nan, np.nan]], np.float32)
    assert_array_equal(newest_counts(rows), [5, 4, np.nan])
