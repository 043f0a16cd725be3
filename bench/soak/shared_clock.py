"""A fast clock that several processes read alike."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SharedClock:
    """Runs `speed` times as fast as the machine's clock since `started` (epoch seconds), when it was `started` too.

    Every process that knows `started` and `speed` reads the same time, which the replicas of one city need.
    """

    def __init__(self, started: float, speed: float) -> None:
        self.started = started
        self.speed = speed

    def now(self) -> datetime:
        """The present of the city, aware, UTC."""
        return datetime.fromtimestamp(self.started + (time.time() - self.started) * self.speed, UTC)

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Wait that many seconds of this clock, or until `stop` is set. True when `stop` ended the wait."""
        return self.wait_until(self.now() + timedelta(seconds=seconds), stop)

    def wait_until(self, at: datetime, stop: threading.Event | None = None) -> bool:
        """Wait until it is `at` by this clock, or `stop` is set. True when `stop` ended the wait."""
        seconds = max(0.0, (at - self.now()).total_seconds() / self.speed)
        return (stop or threading.Event()).wait(seconds)
