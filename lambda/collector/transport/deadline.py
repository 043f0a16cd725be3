"""Limits of time and size of what is asked over HTTP."""

from __future__ import annotations

import time

MAX_BYTES = 64 * 1024 * 1024


class Deadline:
    """The moment something has to be done by, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 when none are."""
        return max(0.0, self._at - time.monotonic())
