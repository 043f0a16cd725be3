"""The window kept in the process."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System
from collector.storage.stream_entry import StreamEntry, decode_entry, encode_entry
from forecaster.window import StationSet
from pedalcast.forecasts.inputs.poll_window import PollWindow

Poll = Callable[..., Snapshot]
Facts = Callable[[tuple[str, ...]], StationSet]
START = 1_795_168_800  # 2026-11-20T10:00:00Z
NAN = np.nan


def entry(snapshot: Snapshot) -> StreamEntry:
    return decode_entry(f"{int(snapshot.window.timestamp()) * 1000}-0", encode_entry(snapshot))


@pytest.fixture
def ring(facts: Facts) -> PollWindow:
    return PollWindow(facts, timedelta(hours=1))


class TestPolls:
    def test_become_rows_at_the_time_they_were_observed(self, ring: PollWindow, poll: Poll) -> None:
        assert ring.append(entry(poll(0)))
        assert ring.append(entry(poll(5.5, {"ST-1": 4, "ST-2": 1, "ST-3": 9})))
        window = ring.window()
        assert_array_equal(window.times, [START, START + 330])
        assert_array_equal(window.bikes, [[3, 0, 10], [4, 1, 9]])
        assert_array_equal(window.docks, [[7, 10, 0], [6, 9, 1]])
        assert window.stations.ids == ("ST-1", "ST-2", "ST-3")
        assert window.bikes.dtype == np.float32

    def test_that_come_twice_or_late_change_nothing(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(10)))
        assert not ring.append(entry(poll(10, {"ST-1": 9})))
        assert not ring.append(entry(poll(5, {"ST-9": 9})))
        assert_array_equal(ring.window().bikes, [[3, 0, 10]])
        assert ring.ids == ("ST-1", "ST-2", "ST-3")

    def test_leave_when_they_are_older_than_the_lookback(self, ring: PollWindow, poll: Poll) -> None:
        for minute in range(0, 300, 5):
            ring.append(entry(poll(minute, {"ST-1": minute // 5})))
        window = ring.window()
        assert_array_equal(window.times, START + 60 * np.arange(235, 300, 5))
        assert_array_equal(window.bikes[:, 0], np.arange(47, 60))

    def test_may_come_more_often_than_expected(self, ring: PollWindow, poll: Poll) -> None:
        for minute in range(90):
            ring.append(entry(poll(minute, {"ST-1": minute})))
        assert_array_equal(ring.window().bikes[:, 0], np.arange(29, 90))

    def test_of_another_system_start_afresh(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        ring.append(entry(poll(5, {"A": 1}, system=System("other", "Other", "UTC"))))
        assert ring.ids == ("A",)
        assert len(ring) == 1

    def test_say_which_stations_rent_and_how_many_bikes_are_electric(self, ring: PollWindow, poll: Poll) -> None:
        snapshot = poll(0, {})
        stations = (
            Station("A", "A", 3, 7, ebikes=2),
            Station("B", "B", 3, 7, renting=False),
            Station("C", "C", 3, 7, installed=False),
        )
        ring.append(entry(Snapshot(snapshot.system, snapshot.window, snapshot.observed_at, stations)))
        window = ring.window()
        assert_array_equal(window.renting, [[1, 0, 0]])
        assert_array_equal(window.ebikes, [[2, NAN, NAN]])


class TestStations:
    def test_that_a_poll_misses_are_nan_there(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        ring.append(entry(poll(5, {"ST-3": 8, "ST-1": 2}, partial=True)))
        assert_array_equal(ring.window().bikes, [[3, 0, 10], [2, NAN, 8]])
        assert_array_equal(ring.observed_at, [START + 300, START, START + 300])

    def test_that_appear_are_nan_before(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        ring.append(entry(poll(5, {"NEW": 1, "ST-1": 2, "ST-2": 3, "ST-3": 4})))
        ring.append(entry(poll(10, {"NEW": 5, "ST-1": 6, "ST-2": 7, "ST-3": 8})))
        assert ring.ids == ("NEW", "ST-1", "ST-2", "ST-3")
        assert_array_equal(ring.window().bikes, [[NAN, 3, 0, 10], [1, 2, 3, 4], [5, 6, 7, 8]])

    def test_in_another_order_keep_their_columns(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        for minute in (5, 10):
            ring.append(entry(poll(minute, {"ST-3": 1, "ST-1": 2, "ST-2": 3})))
        assert_array_equal(ring.window().bikes, [[3, 0, 10], [2, 3, 1], [2, 3, 1]])

    def test_not_named_for_a_day_are_dropped(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        ring.append(entry(poll(24 * 60 - 5, {"ST-1": 1, "ST-3": 3})))
        assert ring.ids == ("ST-1", "ST-2", "ST-3")
        ring.append(entry(poll(24 * 60, {"ST-1": 2, "ST-3": 4}, partial=True)))
        assert ring.ids == ("ST-1", "ST-2", "ST-3")
        ring.append(entry(poll(24 * 60 + 5, {"ST-1": 3, "ST-3": 5})))
        assert ring.ids == ("ST-1", "ST-3")
        assert_array_equal(ring.window().bikes, [[1, 3], [2, 4], [3, 5]])

    def test_are_asked_about_only_when_they_change(self, poll: Poll, facts: Facts) -> None:
        asked = []

        def know(ids: tuple[str, ...]) -> StationSet:
            asked.append(ids)
            return facts(ids)

        ring = PollWindow(know)
        for minute in (0, 5, 10):
            ring.append(entry(poll(minute)))
            assert ring.window().stations.ids == ring.ids
        ring.append(entry(poll(15, {"ST-1": 1, "ST-4": 2})))
        assert ring.window().stations.ids == ("ST-1", "ST-4", "ST-2", "ST-3")
        assert len(asked) == 2


class TestWindow:
    def test_is_a_view(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        assert not ring.window().bikes.flags.owndata

    def test_can_be_shorter(self, ring: PollWindow, poll: Poll) -> None:
        for minute in range(0, 60, 5):
            ring.append(entry(poll(minute)))
        assert_array_equal(ring.window(timedelta(minutes=10)).times, START + 60 * np.array([45, 50, 55]))

    def test_without_a_new_poll_ends_with_nothing_observed(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(poll(0)))
        window = ring.window(at=START + 3000)
        assert_array_equal(window.times, [START, START + 3000])
        assert_array_equal(window.bikes, [[3, 0, 10], [NAN, NAN, NAN]])
        assert ring.last == START
        assert ring.append(entry(poll(5)))  # an observation of a time before `at` is welcome still
        assert_array_equal(ring.window().times, [START, START + 300])

    def test_without_any_poll_is_an_error(self, ring: PollWindow) -> None:
        with pytest.raises(ValueError, match="no poll"):
            ring.window()


class TestUnlimitedDocks:
    def test_docks_that_nobody_knows_are_no_number(self, ring: PollWindow, poll: Poll) -> None:
        ring.append(entry(replace(poll(0), stations=(Station("A", "A", 3, None), Station("B", "B", 3, 7)))))

        assert_array_equal(ring.window().docks, [[NAN, 7]])
        assert not ring.unlimited.any()

    def test_are_no_count(self, ring: PollWindow, poll: Poll) -> None:
        first = poll(0)
        stations = (Station("A", "A", 3, UNLIMITED_DOCKS, capacity=20), Station("B", "B", 3, 7))
        ring.append(entry(replace(first, stations=stations)))
        assert_array_equal(ring.window().docks, [[NAN, 7]])
        assert_array_equal(ring.unlimited, [True, False])

    def test_are_kept_when_stations_come_and_are_limited_when_the_feed_says_so(
        self, ring: PollWindow, poll: Poll
    ) -> None:
        ring.append(entry(replace(poll(0), stations=(Station("A", "A", 3, UNLIMITED_DOCKS),))))
        ring.append(entry(replace(poll(5), stations=(Station("B", "B", 3, 7),))))
        assert dict(zip(ring.ids, ring.unlimited, strict=True)) == {"A": True, "B": False}
        ring.append(entry(replace(poll(10), stations=(Station("A", "A", 3, 5), Station("B", "B", 3, 7)))))
        assert not ring.unlimited.any()
