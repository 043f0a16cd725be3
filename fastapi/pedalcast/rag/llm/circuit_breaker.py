"""Keeps from asking a provider that has failed again and again, until it has had time to recover."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]


class CircuitBreaker:
    """Opens after `failures` in a row, for `pause` seconds; then one call tries, and closes or opens it again.

    To be used from one thread, or one event loop.

    >>> breaker = CircuitBreaker(failures=1, pause=30.0, clock=lambda: 0.0)
    >>> breaker.failed()
    >>> breaker.state, breaker.admits()
    ('open', False)
    """

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False

    @property
    def state(self) -> BreakerState:
        """`closed`: calls pass; `open`: none does; `half_open`: one may try."""
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._clock() - self._opened_at >= self._pause else "open"

    def admits(self) -> bool:
        """Whether to call now. Of a half-open breaker the caller is then the one that tries, and must say how it went:
        `succeeded`, `failed`, or `abandoned`."""
        state = self.state
        if state == "half_open" and not self._trying:
            self._trying = True
            return True
        return state == "closed"

    def succeeded(self) -> None:
        """A call went well: close."""
        self._failures, self._opened_at, self._trying = 0, None, False

    def failed(self) -> None:
        """A call failed: open, if that was one too many or the one that tried."""
        self._failures += 1
        self._trying = False
        if self._opened_at is not None or self._failures >= self._limit:
            self._opened_at = self._clock()

    def abandoned(self) -> None:
        """The call that tried was given up, which says nothing: let another one try."""
        self._trying = False
