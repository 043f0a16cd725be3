"""The run's own polls: every five minutes by the wall, or one after the other as fast as they are served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import redis
import structlog

from collector.clocks import Clock
from collector.polling.poll import PollResult, poll
from collector.snapshot import POLL_SECONDS, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.embedded.paced_clock import PacedClock
from pedalcast.embedded.sources.base import PollSource
from pedalcast.kit.runtime.background_worker import FINISHED, BackgroundWorker, Backoff

POLL = timedelta(seconds=POLL_SECONDS)
SERVED_S = 20.0  # how long a fast run waits for a poll's forecasts before it goes on without them
BACKOFF = Backoff(first_s=1.0, longest_s=60.0)
log = structlog.get_logger(__name__)


class PollDriver:
    """Polls a source. `served` returns the time (epoch seconds) of the newest forecasts' poll, None without any.

    `on_end` is called when the source has come to its end. A paced run waits for `after` before its first poll.
    """

    def __init__(
        self,
        source: PollSource,
        store: SnapshotStore,
        clock: Clock,
        served: Callable[[], int | None],
        *,
        after: threading.Event | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._served = served
        self._after = after
        self._on_end = on_end
        self._next: datetime | None = None  # when a paced run polls next
        self.over = False  # whether the source has come to its end
        self.count = 0
        paced = isinstance(clock, PacedClock)
        self.worker = BackgroundWorker(
            "polls",
            self._paced_round if paced else self.poll_once,
            every_s=0.0 if paced else _until_next_window,
            late_after_s=3 * POLL_SECONDS,
            backoff=BACKOFF,
        )

    def poll_once(self) -> PollResult | None:
        """Poll now; None where the poll could not be stored."""
        try:
            outcome = poll(self._source.feed, self._store, self._clock)
        except redis.RedisError as error:
            log.warning("redis unavailable, poll not stored", reason=str(error))
            return None
        self.count += 1
        self._keep_state()
        if outcome.status == "failed":
            log.warning("poll failed", reason=outcome.reason, detail=outcome.detail)
        if not isinstance(self._clock, PacedClock) or self.count % 12 == 0:  # in a fast run, once an hour of its own
            log.info("poll done", status=outcome.status, at=f"{outcome.at:%Y-%m-%d %H:%M}", stations=outcome.stations)
        return outcome

    def _keep_state(self) -> None:
        try:
            self._source.polled()
        except OSError as error:
            log.warning("state of the feed not written", reason=str(error))

    def _paced_round(self) -> str | None:
        """Let the clock run to the next window, poll, and wait for the forecasts of that poll."""
        clock, stopping = self._clock, self.worker.stopping
        assert isinstance(clock, PacedClock)  # noqa: S101 (the worker's round is chosen by it)
        if self._after is not None and not self._after.wait(0.1):
            return None
        if self._source.over:
            self.over = True
            self._on_end()
            return FINISHED
        at = self._next = (self._next or window_of(clock.now())) + POLL
        clock.allow(at)
        if clock.wait_until(at, stopping):
            return None
        outcome = self.poll_once()
        if outcome is not None and outcome.observed_at is not None and outcome.status == "published":
            self._wait_for_forecasts(int(outcome.observed_at.timestamp()))
        return None

    def _wait_for_forecasts(self, observed: int) -> None:
        until = time.monotonic() + SERVED_S
        while not self.worker.stopping.is_set() and (self._served() or 0) < observed:
            if time.monotonic() > until:
                log.warning("forecasts of this poll missing, next poll begins")
                return
            time.sleep(0.002)


def _until_next_window() -> float:
    """Seconds until the wall clock reaches the next multiple of five minutes, and a moment more."""
    return POLL_SECONDS - time.time() % POLL_SECONDS + 0.01
