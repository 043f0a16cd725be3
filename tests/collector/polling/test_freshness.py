"""Header and content contradict each other: which is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.polling.freshness import CHANGES_MISSED, expected_changes
from collector.polling.poll import PollResult, poll
from collector.storage.heartbeat import content_of
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.gbfs_server import GbfsServer
from tests.stopped_clock import StoppedClock

STEP = 300
Polls = Callable[..., list[PollResult]]


@pytest.fixture
def polls(gbfs: GbfsServer, store: SnapshotStore) -> Iterator[Polls]:
    clock = StoppedClock()
    feed = GbfsFeed(gbfs.url, backoff=0.002)

    def run(
        number: int, *, stations: int, header: bool, changes: Callable[[int], bool], disguise: str = ""
    ) -> list[PollResult]:
        """Polls of a city whose header moves, or stands, and whose counts change in some of them.

        `disguise` makes each answer differ although nothing happens: by the stations' "order" or their "reports".
        """
        results = []
        for at in range(number):
            if header:
                gbfs.updated = int(clock.now().timestamp()) - 20
            run.count += changes(at)  # type: ignore[attr-defined]
            gbfs.files["station_status"] = {
                "stations": [
                    {
                        "station_id": str(i),
                        "num_bikes_available": run.count % 9 if i == 0 else 4,  # type: ignore[attr-defined]
                        "num_docks_available": 9,
                    }
                    | ({"last_reported": int(clock.now().timestamp()) - i % 7} if disguise == "reports" else {})
                    for i in sorted(range(stations), key=lambda i: (i + at) % stations if disguise == "order" else i)
                ]
            }
            results.append(poll(feed, store, clock))
            clock.sleep(STEP)
        return results

    run.count = 0  # type: ignore[attr-defined]
    gbfs.updated = int(clock.now().timestamp()) - 20
    yield run
    feed.close()


def ages(results: list[PollResult]) -> list[float]:
    return [(result.at - (result.observed_at or result.at)).total_seconds() for result in results]


def test_counts_that_change_under_a_standing_header_are_as_fresh_as_the_poll(polls: Polls) -> None:
    results = polls(13, stations=6, header=False, changes=lambda at: True)

    assert ages(results) == [20.0] + [0.0] * 12
    assert not any(result.frozen for result in results)
    assert len({result.observed_at for result in results}) == 13


def test_such_a_header_is_not_believed_when_counts_rest_for_a_poll(polls: Polls) -> None:
    results = polls(7, stations=6, header=False, changes=lambda at: at in (1, 2, 5))

    assert ages(results)[1:] == [0.0] * 6


def test_a_header_that_stands_with_its_counts_tells_their_age(polls: Polls) -> None:
    assert ages(polls(4, stations=6, header=False, changes=lambda at: False)) == [20.0, 320.0, 620.0, 920.0]


def test_a_quiet_small_city_with_a_moving_header_is_believed(polls: Polls) -> None:
    results = polls(13, stations=6, header=True, changes=lambda at: False)

    assert not any(result.frozen for result in results)
    assert ages(results) == [20.0] * 13


def test_a_large_city_that_stands_is_frozen_after_half_an_hour_whatever_its_header(polls: Polls) -> None:
    results = polls(8, stations=1500, header=True, changes=lambda at: False)

    assert [result.frozen for result in results] == [False] * 6 + [True] * 2


@pytest.mark.parametrize("disguise", ["order", "reports"])
def test_it_is_whatever_else_changes_in_its_answers(polls: Polls, disguise: str) -> None:
    results = polls(8, stations=1500, header=True, changes=lambda at: False, disguise=disguise)

    assert [result.frozen for result in results] == [False] * 6 + [True] * 2


def test_another_order_of_the_stations_makes_no_standing_header_fresh(polls: Polls) -> None:
    results = polls(4, stations=6, header=False, changes=lambda at: False, disguise="order")

    assert ages(results) == [20.0, 320.0, 620.0, 920.0]


def test_a_small_city_that_never_changes_again_is_frozen_in_the_end(store: SnapshotStore, polls: Polls) -> None:
    polls(40, stations=6, header=True, changes=lambda at: at % 2 == 0)
    content = content_of(store.heartbeat())
    assert content is not None

    assert expected_changes(content.change_shares, content.since, content.since + timedelta(hours=3)) < CHANGES_MISSED
    assert expected_changes(content.change_shares, content.since, content.since + timedelta(days=7)) > CHANGES_MISSED


def test_what_a_city_does_at_an_hour_is_learned(store: SnapshotStore, polls: Polls) -> None:
    polls(12 * 6, stations=6, header=True, changes=lambda at: True)
    content = content_of(store.heartbeat())

    assert content is not None
    assert max(content.change_shares) > 0.3
    assert min(content.change_shares) < 0.02
