"""Polls on their way from the stream into the window, and the time that a run counts from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import redis
import structlog

from collector.clocks import Clock
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.stream_entry import StreamEntry, stream_id
from pedalcast.forecasts.inputs.poll_window import LOOKBACK, PollWindow
from pedalcast.forecasts.metrics import ForecastMetrics

STALE_AFTER = timedelta(seconds=POLL_SECONDS * 1.5)  # a poll older than this: forecasts count from now instead

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CycleStart:
    """What a run starts from: seconds that reading took, and the time to count from where no poll is fresh enough."""

    read: float = 0.0
    at: int | None = None


class PollIntake:
    """Appends polls to `window`. For one thread at a time.

    A poll observed more than one poll ahead of the clock was stamped by a clock that was wrong: its counts are taken as
    observed now, and it is counted.
    """

    def __init__(self, window: PollWindow, clock: Clock, metrics: ForecastMetrics) -> None:
        self._window = window
        self._clock = clock
        self._metrics = metrics

    def load(self, client: redis.Redis) -> str:
        """Rebuild the window from the stream; the id of the newest entry read, `0-0` when there is none.

        Raises redis-py's errors.
        """
        store, newest_id = SnapshotStore(client), "0-0"
        newest = store.latest()
        if newest is not None:
            oldest = newest.header.window - LOOKBACK - STALE_AFTER
            for entry in store.entries(stream_id(oldest)):
                self._append(entry)
                newest_id = entry.id
        return newest_id

    def take(self, entries: Sequence[StreamEntry]) -> CycleStart | None:
        """Append the polls, oldest first; what the next run starts from, None without a poll."""
        if not entries:
            return None
        started = time.perf_counter()
        for entry in entries:
            self._append(entry)
        header = entries[-1].header
        late = header.window - header.observed_at > STALE_AFTER
        base = min(int(header.window.timestamp()), self._now())
        return CycleStart(time.perf_counter() - started, base if late else None)

    def take_newest(self, client: redis.Redis) -> None:
        """Append the newest poll in Redis, in case its event was lost. Raises redis-py's errors."""
        newest = SnapshotStore(client).latest()
        if newest is not None:
            self._append(newest)

    def stale_base(self) -> int | None:
        """The present, epoch seconds, when the newest poll is too old to count from; None when it is not."""
        newest, now = self._window.last, self._now()
        return now if newest is not None and now - newest > STALE_AFTER.total_seconds() else None

    def now_if_newer(self) -> int | None:
        """The present, epoch seconds, when it lies after the newest poll; None otherwise."""
        newest, now = self._window.last, self._now()
        return now if newest is not None and now > newest else None

    def _append(self, entry: StreamEntry) -> None:
        now, observed_at = self._now(), int(entry.header.observed_at.timestamp())
        if observed_at - now <= POLL_SECONDS:
            self._window.append(entry)
            return
        self._metrics.polls_ahead.inc()
        log.warning("poll in the future, its counts are taken as of now", entry=entry.id, ahead_s=observed_at - now)
        self._window.append(entry, observed_at=now)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
