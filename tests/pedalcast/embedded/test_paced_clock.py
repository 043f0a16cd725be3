import threading
from datetime import UTC, datetime, timedelta

import pytest

from pedalcast.embedded.paced_clock import PacedClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class TestPacedClock:
    def test_stands_still_until_it_is_allowed_to_go_on(self) -> None:
        clock = PacedClock(NOON, 1e6)
        assert clock.wait_until(NOON) is False
        assert clock.now() == NOON

    def test_runs_to_its_limit_and_no_further(self) -> None:
        clock = PacedClock(NOON, 1e6)
        clock.allow(NOON + timedelta(minutes=5))
        assert clock.wait_until(NOON + timedelta(minutes=5)) is False
        assert clock.now() == NOON + timedelta(minutes=5)

    def test_goes_on_from_where_it_stood_however_long_that_was(self) -> None:
        clock = PacedClock(NOON, 1e6)
        for minutes in (5, 10):
            clock.allow(NOON + timedelta(minutes=minutes))
            assert clock.now() < NOON + timedelta(minutes=minutes) or minutes == 5
            clock.wait_until(NOON + timedelta(minutes=minutes))
        assert clock.now() == NOON + timedelta(minutes=10)

    def test_a_sleeper_is_woken_by_stop(self) -> None:
        clock, stop = PacedClock(NOON, 1.0), threading.Event()
        threading.Timer(0.05, stop.set).start()
        assert clock.sleep(3600, stop) is True

    def test_a_speed_must_be_above_zero(self) -> None:
        with pytest.raises(ValueError, match="above 0"):
            PacedClock(NOON, 0)
