"""The clock of tests: it stands still until a test sets it or something sleeps."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class StoppedClock:
    """A clock that shows `at`; sleeping moves it on and takes no time."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        self.at += timedelta(seconds=seconds)
        return stop is not None and stop.is_set()
