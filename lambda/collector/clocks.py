"""Time as a part that can be exchanged: the wall's, or one that runs faster for replays and demonstrations."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time. Ages and windows are judged by the clock the feed lives on."""

    def now(self) -> datetime:
        """The present, aware, UTC."""
        ...

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Wait that many seconds of this clock, or until `stop` is set. True when `stop` ended the wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        return _wait(seconds, stop)


class FastClock:
    """A clock that starts at `origin` (aware) when it is made and runs `speed` times as fast as the machine's."""

    def __init__(self, origin: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError(f"a clock's speed must be above 0, not {speed}")
        self._origin = origin.astimezone(UTC)
        self.speed = speed
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._origin + timedelta(seconds=(time.monotonic() - self._started) * self.speed)

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        return _wait(seconds / self.speed, stop)


def _wait(seconds: float, stop: threading.Event | None) -> bool:
    if stop is not None:
        return stop.wait(max(seconds, 0.0))
    time.sleep(max(seconds, 0.0))
    return False
