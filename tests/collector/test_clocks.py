from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from collector.clocks import FastClock, SystemClock

ORIGIN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class TestFastClock:
    def test_begins_at_its_origin_and_runs_ahead_of_the_machine(self) -> None:
        clock, wall = FastClock(ORIGIN, speed=10_000), SystemClock()
        first, began = clock.now(), wall.now()
        clock.sleep(100)
        last, ended = clock.now(), wall.now()

        assert ORIGIN <= first < last
        assert last - first >= timedelta(seconds=100)
        assert last - first > 1000 * (ended - began)

    def test_tells_utc_whatever_zone_its_origin_has(self) -> None:
        clock = FastClock(ORIGIN.astimezone(), speed=1)

        assert clock.now().utcoffset() == timedelta(0)

    @pytest.mark.parametrize("speed", [0, -1])
    def test_refuses_to_stand_still_or_go_back(self, speed: float) -> None:
        with pytest.raises(ValueError, match="above 0"):
            FastClock(ORIGIN, speed=speed)


class TestSleep:
    def test_is_ended_by_the_stop_event(self) -> None:
        stop = threading.Event()
        threading.Timer(0.01, stop.set).start()

        assert SystemClock().sleep(60, stop) is True
        assert FastClock(ORIGIN, speed=2).sleep(60, stop) is True

    def test_runs_out_when_nobody_stops_it(self) -> None:
        assert SystemClock().sleep(0.001, threading.Event()) is False
        assert SystemClock().sleep(-1) is False
