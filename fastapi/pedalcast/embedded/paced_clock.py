"""A fast clock that waits for the work: time stands still at the next poll until the last one is done with."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class PacedClock:
    """Runs `speed` times as fast as the machine's, from `origin` (aware), but never past the time it is allowed to.

    Without that a poll every few milliseconds would leave the forecasts behind, and their ages would be nonsense.
    """

    def __init__(self, origin: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError(f"a clock's speed must be above 0, not {speed}")
        self.speed = speed
        self._changed = threading.Condition()
        self._origin = self._limit = origin.astimezone(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The present, aware, UTC."""
        with self._changed:
            return self._now()

    def allow(self, until: datetime) -> None:
        """Let time go on until then; from where it stands, when it had come to its limit."""
        with self._changed:
            self._origin, self._since = self._now(), time.monotonic()
            self._limit = until
            self._changed.notify_all()

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Wait that many seconds of this clock, or until `stop` is set. True when `stop` ended the wait."""
        return self.wait_until(self.now() + timedelta(seconds=seconds), stop)

    def wait_until(self, at: datetime, stop: threading.Event | None = None) -> bool:
        """Wait until it is `at` by this clock, or `stop` is set. True when `stop` ended the wait."""
        while not (stop is not None and stop.is_set()):
            with self._changed:
                seconds_left = (at - self._now()).total_seconds() / self.speed
                if seconds_left <= 0:
                    return False
                self._changed.wait(min(max(seconds_left, 0.001), 0.2))
        return True

    def _now(self) -> datetime:
        passed = timedelta(seconds=(time.monotonic() - self._since) * self.speed)
        return min(self._origin + passed, self._limit)
