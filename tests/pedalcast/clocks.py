"""Clocks for tests."""

import threading
from datetime import datetime, timedelta


class StoppedClock:
    """A clock that the test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> bool:
        self.at += timedelta(seconds=seconds)
        return False
