"""Work that repeats in a thread of its own and survives every error of what it depends on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import redis
import structlog

from forecaster.objects import ObjectError
from pedalcast.kit.runtime.thread_priority import lower_priority

FINISHED: Final = "finished"  # what a round returns that was the last one
OUTAGES = (redis.RedisError, ObjectError, OSError)  # errors of others; everything else is logged with its traceback
LATE_AFTER_S = 60.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to wait after the n-th failure in a row: `first_s`, doubled each time, at most `longest_s`."""

    first_s: float = 0.1
    longest_s: float = 2.0

    def delay_s(self, failures: int) -> float:
        """The wait after so many failures in a row, seconds."""
        return min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))


class BackgroundWorker:
    """A thread that calls `run_round` until it is stopped. A round that raises is repeated after a backoff.

    Between rounds it waits `every_s` seconds, or until `wake` is called; before the first one `first_after_s`. A round
    that returns `FINISHED` is the last one. `on_failure` is called with the error of every failed round, `on_stop` once
    in the thread when it stops; neither may raise anything but outages. Errors that are neither outages nor `expected`
    are logged with their traceback. `late_after_s` without a completed round makes `problem` say so: by default a
    minute, or three waits where those are longer. Threads start at a lower priority than the event loop's unless
    `background` is False.

    >>> rounds = []
    >>> worker = BackgroundWorker("example", lambda: rounds.append(1) or FINISHED)
    >>> worker.start()
    >>> worker.join()
    True
    >>> rounds
    [1]
    """

    def __init__(
        self,
        name: str,
        run_round: Callable[[], object],
        *,
        every_s: float | Callable[[], float] = 0.0,
        first_after_s: float = 0.0,
        late_after_s: float | None = None,
        backoff: Backoff = Backoff(),
        expected: tuple[type[Exception], ...] = (),
        on_failure: Callable[[Exception], object] = lambda _: None,
        on_stop: Callable[[], object] = lambda: None,
        background: bool = True,
    ) -> None:
        self.name = name
        self.stopping = threading.Event()  # set when it is asked to stop; rounds that wait, wait on it
        self.failures: dict[str, int] = {}  # by the error's class
        self._run_round = run_round
        self._every_s = every_s
        self._first_after_s = first_after_s
        longest_wait = max(first_after_s, 0.0 if callable(every_s) else 3 * every_s)
        self._late_after_s = max(LATE_AFTER_S, longest_wait) if late_after_s is None else late_after_s
        self._backoff = backoff
        self._expected = (*OUTAGES, *expected)
        self._on_failure = on_failure
        self._on_stop = on_stop
        self._background = background
        self._woken = threading.Event()
        self._failed_rounds = 0  # in a row
        self._last_error = ""
        self._completed_at = time.monotonic()
        self._state: Literal["new", "running", "over"] = "new"
        self.thread: threading.Thread | None = None  # a new one after each start

    def start(self) -> None:
        """Start the thread; again where it died."""
        self._completed_at = time.monotonic()
        thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._state = "running"
        thread.start()  # comes back when it lives: until then it would count as dead
        self.thread = thread

    def wake(self) -> None:
        """Let the next round begin now."""
        self._woken.set()

    def stop(self, patience_s: float | None = None) -> bool:
        """Ask the thread to stop after the round in progress and wait for it; False when it did not within
        `patience_s`."""
        self.stopping.set()
        self._woken.set()
        return self.join(patience_s)

    def join(self, patience_s: float | None = None) -> bool:
        """Wait until the thread has ended; False when it has not within `patience_s`."""
        if self.thread is None:
            return True
        self.thread.join(patience_s)
        return not self.thread.is_alive()

    @property
    def is_dead(self) -> bool:
        """Whether the thread has ended though nobody asked it to and its work is not finished."""
        return self._state == "running" and self.thread is not None and not self.thread.is_alive()

    @property
    def round_age_s(self) -> float:
        """Seconds since a round was completed; 0 when there are no more to come."""
        return time.monotonic() - self._completed_at if self._state == "running" else 0.0

    @property
    def problem(self) -> str | None:
        """Why it counts as late, None while it does not. Names no address."""
        age = self.round_age_s
        if age <= self._late_after_s:
            return None
        return f"no round completed for {age:.0f} s" + (f" ({self._last_error})" if self._last_error else "")

    def _run(self) -> None:
        if self._background:
            lower_priority()
        self.stopping.wait(self._first_after_s)
        while not self.stopping.is_set():
            self._woken.clear()
            try:
                outcome = self._run_round()
            except Exception as error:  # noqa: BLE001 (whatever its upstream does, the worker goes on)
                self._recover(error)
                continue
            self._completed()
            if outcome == FINISHED:
                self._state = "over"
                return
            wait_s = self._every_s() if callable(self._every_s) else self._every_s
            if wait_s > 0:
                self._woken.wait(wait_s)
        self._state = "over"
        try:
            self._on_stop()
        except OUTAGES as error:
            log.warning("worker stopped, last step failed", worker=self.name, error=type(error).__name__)

    def _completed(self) -> None:
        self._completed_at = time.monotonic()
        if self._failed_rounds:
            log.info("worker recovered", worker=self.name, failures=self._failed_rounds)
        self._failed_rounds, self._last_error = 0, ""

    def _recover(self, error: Exception) -> None:
        """Count and log the error, then wait. Logged are the first failure in a row, the second, the fourth, …"""
        kind = type(error).__name__
        self._failed_rounds += 1
        self._last_error = kind
        self.failures[kind] = self.failures.get(kind, 0) + 1
        delay_s = self._backoff.delay_s(self._failed_rounds)
        if self._failed_rounds & (self._failed_rounds - 1) == 0:
            traceback = None if isinstance(error, self._expected) else error
            log.warning(
                "worker round failed, retrying",
                worker=self.name, error=kind, reason=str(error), failures=self._failed_rounds, retry_s=delay_s,
                exc_info=traceback,
            )  # fmt: skip
        try:
            self._on_failure(error)
        except OUTAGES as second:
            log.debug("worker failure not handled", worker=self.name, error=type(second).__name__)
        self.stopping.wait(delay_s)
