"""The run's own polls: every five minutes by the wall, or one after the other as fast as they are served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import redis
import structlog
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from collector.clocks import Clock
from collector.polling.poll import PollResult, poll
from collector.snapshot import POLL_SECONDS, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.embedded.paced_clock import PacedClock
from pedalcast.embedded.sources.base import PollSource

POLL = timedelta(seconds=POLL_SECONDS)
SERVED_S = 20.0  # how long a fast run waits for a poll's forecasts before it goes on without them
log = structlog.get_logger(__name__)


class PollDriver:
    """Polls a source. `served` says of what time (epoch seconds) the newest forecasts are."""

    def __init__(
        self, source: PollSource, store: SnapshotStore, clock: Clock, served: Callable[[], int | None]
    ) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._served = served
        self._stop = threading.Event()
        self._when_over: Callable[[], None] | None = None
        self.after: threading.Event | None = None  # a paced run waits for it before its first poll
        self.over = False  # whether the source has come to its end
        self.count = 0

    @contextmanager
    def running(self, when_over: Callable[[], None] | None = None) -> Iterator[None]:
        """Poll in the background while the block runs; `when_over` is called when the source has come to its end."""
        self._when_over = when_over
        driver = self._paced(self._clock) if isinstance(self._clock, PacedClock) else self._scheduled()
        with driver:
            yield

    def once(self) -> PollResult | None:
        """Poll now; None when Redis was away."""
        try:
            result = poll(self._source.feed, self._store, self._clock)
        except redis.RedisError as error:
            log.warning("polled in vain: redis is away", reason=str(error))
            return None
        self._source.polled()
        self.count += 1
        if result.status == "failed":
            log.warning("poll failed", reason=result.reason, detail=result.detail)
        if not isinstance(self._clock, PacedClock) or self.count % 12 == 0:  # in a fast run, once an hour of its own
            log.info("polled", status=result.status, at=f"{result.at:%Y-%m-%d %H:%M}", stations=result.stations)
        return result

    @contextmanager
    def _scheduled(self) -> Iterator[None]:
        scheduler = BackgroundScheduler(timezone=UTC)
        every_five_minutes = CronTrigger(minute="*/5", timezone=UTC)
        scheduler.add_job(
            self.once, every_five_minutes, next_run_time=datetime.now(UTC), coalesce=True, misfire_grace_time=60
        )
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown()

    @contextmanager
    def _paced(self, clock: PacedClock) -> Iterator[None]:
        thread = threading.Thread(target=self._follow, args=(clock,), name="polls", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _follow(self, clock: PacedClock) -> None:
        while self.after is not None and not self.after.wait(0.1):
            if self._stop.is_set():
                return
        at = window_of(clock.now())
        while not (self._stop.is_set() or self._source.over):
            at += POLL
            clock.allow(at)
            if clock.wait_until(at, self._stop):
                return
            result = self.once()
            if result is not None and result.observed_at is not None and result.status == "published":
                self._wait_for_forecasts(int(result.observed_at.timestamp()))
        self.over = self._source.over
        if self.over and self._when_over is not None:
            self._when_over()

    def _wait_for_forecasts(self, observed: int) -> None:
        until = time.monotonic() + SERVED_S
        while not self._stop.is_set() and (self._served() or 0) < observed:
            if time.monotonic() > until:
                log.warning("no forecasts of this poll yet, going on")
                return
            time.sleep(0.002)
