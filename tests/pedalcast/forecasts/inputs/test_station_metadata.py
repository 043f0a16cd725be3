"""What is known of stations, from Redis and from the history."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import station_key
from forecaster.window import StationSet
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.inputs.station_metadata import StationMetadata

NAN = np.nan


@pytest.fixture
def known() -> StationSet:
    """A history that knows one of the city's stations, and one that is gone."""
    return StationSet(("GONE", "ST-2"), *(np.array([1.0, 2.0]) for _ in range(3)), np.array([7.0, 8.0]), "UTC", "KR")


class TestFacts:
    def test_come_from_redis_in_the_order_asked_for(self, store: SnapshotStore, poll: Callable[..., Snapshot]) -> None:
        store.publish(poll(0))
        facts = StationMetadata(store)(("ST-2", "ST-9", "ST-1"))
        assert facts.ids == ("ST-2", "ST-9", "ST-1")
        assert_array_equal(facts.lat, [37.5, NAN, 37.5])
        assert_array_equal(facts.capacity, [10, NAN, 10])
        assert facts.timezone == "Asia/Seoul"
        assert facts.country is None

    def test_are_completed_by_the_history(
        self, store: SnapshotStore, poll: Callable[..., Snapshot], known: StationSet
    ) -> None:
        store.publish(poll(0))
        facts = StationMetadata(store, lambda: known)(("ST-1", "ST-2"))
        assert_array_equal(facts.first_seen, [NAN, 8])
        assert_array_equal(facts.lat, [37.5, 37.5])
        assert facts.country == "KR"

    def test_are_remembered_while_the_history_does_not_answer(
        self, store: SnapshotStore, poll: Callable[..., Snapshot], known: StationSet
    ) -> None:
        store.publish(poll(0))
        answers = iter([known, None])
        facts = StationMetadata(store, lambda: next(answers))
        facts(("ST-2",))
        assert facts(("ST-2",)).country == "KR"

    def test_are_asked_for_again_at_a_refresh(
        self, store: SnapshotStore, poll: Callable[..., Snapshot], known: StationSet
    ) -> None:
        store.publish(poll(0))
        history: list[StationSet] = []
        ring = PollWindow(StationMetadata(store, lambda: history[-1] if history else None))
        for entry in store.entries():
            ring.append(entry)
        assert ring.stations.country is None
        history.append(known)
        assert ring.stations.country is None
        ring.refresh()
        assert ring.stations.country == "KR"

    def test_of_a_station_whose_value_cannot_be_read_are_unknown(
        self, store: SnapshotStore, poll: Callable[..., Snapshot]
    ) -> None:
        store.publish(poll(0))
        store.redis.set(station_key("ST-1"), "no JSON")
        metadata = StationMetadata(store)(("ST-1", "ST-2"))
        assert np.isnan(metadata.capacity[0])
        assert metadata.capacity[1] == 10
