"""Expensive work of requests, a few at a time, in threads that no other route uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from pedalcast.kit.errors import UnavailableError

T = TypeVar("T")


class BoundedWork:
    """At most `at_once` pieces of work run, at most `waiting` more wait; the next is refused with 503 at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self._present = 0
        self._limiter: CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns. Raises `UnavailableError` (`busy`) when too many wait already, and what it raises."""
        if self._present >= self._most:
            raise UnavailableError("Too many are asking for this at once; please try again shortly.", "busy")
        if self._limiter is None:  # it belongs to the event loop
            self._limiter = CapacityLimiter(self._at_once)
        self._present += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._present -= 1
