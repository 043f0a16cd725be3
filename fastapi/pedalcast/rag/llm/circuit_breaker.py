"""Keeps from asking a provider that has failed again and again, until it has had time to recover."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]
LONGEST_PAUSE_S = 600.0  # that a provider may ask for


class CircuitBreaker:
    """Opens after `failures` in a row, for `pause` seconds; then one call tries, and closes or opens it again.

    A provider that says when to come back is left alone until then, from its first such failure on.

    To be used from one thread, or one event loop.

    >>> breaker = CircuitBreaker(failures=1, pause=30.0, clock=lambda: 0.0)
    >>> breaker.failed()
    >>> breaker.state, breaker.admits()
    ('open', False)
    """

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False

    @property
    def state(self) -> BreakerState:
        """`closed`: calls pass; `open`: none does; `half_open`: one may try."""
        if self._open_until is None:
            return "closed"
        return "half_open" if self._clock() >= self._open_until else "open"

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
        self._failures, self._open_until, self._trying = 0, None, False

    def failed(self, retry_after: float | None = None) -> None:
        """A call failed: open, if that was one too many or the one that tried.

        With `retry_after`, the seconds that the provider wants to be left alone for, open in any case, and for as long
        (up to `LONGEST_PAUSE_S`).
        """
        self._failures += 1
        self._trying = False
        asked = min(retry_after or 0.0, LONGEST_PAUSE_S)
        one_too_many = self._open_until is not None or self._failures >= self._limit
        if asked > 0 or one_too_many:
            until = self._clock() + max(asked, self._pause if one_too_many else 0.0)
            self._open_until = max(until, self._open_until or until)

    def abandoned(self) -> None:
        """The call that tried was given up, which says nothing: let another one try."""
        self._trying = False
