"""The worker that follows the stream: forecasts while this replica holds the lease, serves the leader's while not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import redis
import structlog

from collector.clocks import Clock
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore, StreamEntry, stream_id
from pedalcast.forecasts.forecast_cycle import CycleStart, ForecastCycle
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo
from pedalcast.forecasts.inputs.poll_window import LOOKBACK, PollWindow
from pedalcast.forecasts.lease import HeldLease, Lease, LeaseLostError
from pedalcast.forecasts.metrics import ForecastMetrics
from pedalcast.forecasts.repository import ForecastRepository, PublishedRun, StreamReader
from pedalcast.forecasts.served_run import ServedRunHolder
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.kit.runtime.thread_priority import PriorityGate

BLOCK_MS = 250  # how soon a tick, or the end of another's lease, is noticed
STALE_AFTER = timedelta(seconds=POLL_SECONDS * 1.5)  # a poll older than this: forecasts count from now instead

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunListeners:
    """Who is told: `posted` of every run served here; `polled` and `made`, when the forecasts are out, of each run made
    here and of the polls before it."""

    posted: Callable[[RunInfo], None] = lambda _: None
    made: Callable[[ForecastRun, HeldLease], None] = lambda _run, _held: None
    polled: Callable[[PollWindow, HeldLease], None] = lambda _ring, _held: None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopDependencies:
    """What the loop drives. `client` is the loop's own: it blocks on it. `turn` is taken while a poll is forecast."""

    client: redis.Redis
    clock: Clock
    ring: PollWindow
    cycle: ForecastCycle
    repository: ForecastRepository
    lease: Lease
    board: ServedRunHolder
    instruments: ForecastMetrics
    listeners: RunListeners
    turn: PriorityGate = field(default_factory=PriorityGate)


class ForecastLoop:
    """Runs until stopped. Whatever Redis does, it comes back; whatever the feed does, forecasts go on."""

    def __init__(self, parts: LoopDependencies, *, block_ms: int = BLOCK_MS) -> None:
        self._parts = parts
        self._block_ms = block_ms
        self._news: StreamReader | None = None
        self._due = threading.Event()
        self._facts_old = threading.Event()
        self._held: HeldLease | None = None
        self._made: str | None = None
        self.worker = BackgroundWorker(
            "forecast-loop", self._turn, on_failure=self._after_failure, on_stop=parts.lease.release
        )

    def tick(self) -> None:
        """The schedule's call: forecast from now when the last poll has grown old, in case the feed is down."""
        if self._at_now() is not None:
            self._due.set()

    def wake(self) -> None:
        """Forecast again soon, because the model has changed; what is known of the stations may have, too."""
        self._due.set()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the stations' facts again after the next run: capacities change, the history learns."""
        self._facts_old.set()

    def catch_up(self) -> None:
        """Rebuild the window from the stream and serve the run that is there. Called once, before the worker starts."""
        store = SnapshotStore(self._parts.client)
        newest = store.latest()
        after = "0-0"
        if newest is not None:
            oldest = newest.header.window - LOOKBACK - STALE_AFTER
            for entry in store.entries(stream_id(oldest)):
                self._parts.ring.append(entry)
                after = entry.id
        self._news = StreamReader(self._parts.client, after)
        self._serve_published()

    def _after_failure(self, error: Exception) -> None:
        reason = "redis" if isinstance(error, redis.RedisError) else type(error).__name__
        self._parts.instruments.troubles.labels(reason).inc()
        self._due.set()  # what Redis lost is written again

    def _turn(self) -> None:
        if self._news is None:
            self.catch_up()
        assert self._news is not None  # noqa: S101 (set by catch_up)
        self._hold()
        heard = self._news.wait(self._block_ms)
        poll = self._take(heard.entries)
        if self._held is None:
            if heard.runs:
                self._serve_published()
            return
        if poll is None and self._due.is_set():
            poll = CycleStart(at=self._at_now())
        if poll is not None and self._parts.ring.last is not None:
            self._due.clear()
            with self._parts.turn:
                self._forecast(self._held, poll)

    def _hold(self) -> None:
        before = self._held
        self._held = self._parts.lease.acquire()
        self._parts.instruments.leader.set(self._held is not None)
        if self._held is not None and self._held != before:
            log.info("this replica forecasts", fence=self._held.fence)
            self._due.set()

    def _take(self, entries: tuple[StreamEntry, ...]) -> CycleStart | None:
        """Append the polls; what the next cycle starts from, None without one."""
        if not entries:
            return None
        started = time.perf_counter()
        self._parts.ring.extend(entries)
        header = entries[-1].header
        late = header.window - header.observed_at > STALE_AFTER
        return CycleStart(time.perf_counter() - started, int(header.window.timestamp()) if late else None)

    def _at_now(self) -> int | None:
        """The present, epoch seconds, when the newest poll is too old to count from; None when it is not."""
        newest, now = self._parts.ring.last, int(self._parts.clock.now().timestamp())
        return now if newest is not None and now - newest > STALE_AFTER.total_seconds() else None

    def _forecast(self, held: HeldLease, poll: CycleStart) -> None:
        parts = self._parts
        try:
            run, published = parts.cycle.run(held, poll)
            self._made = run.info.id
            self._post(published, held)
            parts.listeners.polled(parts.ring, held)
            parts.listeners.made(run, held)
        except LeaseLostError as lost:
            log.info("another replica forecasts now", reason=str(lost))
            self._held = None
            return
        parts.instruments.ran(run)
        parts.ring.tidy()
        if self._facts_old.is_set():
            self._facts_old.clear()
            parts.ring.refresh()

    def _serve_published(self) -> None:
        """Serve what the leader has published; nothing when that is this replica's own."""
        published = self._parts.repository.published()
        if published is not None and published.info.id != self._made:
            self._post(published)

    def _post(self, published: PublishedRun, held: HeldLease | None = None) -> None:
        """Serve the run here; with `held`, give it to the other replicas too."""
        parts = self._parts
        parts.board.post(published)
        if held is not None:
            parts.repository.publish(held, published)
        parts.board.compress()
        parts.instruments.uses(published.info.model)
        parts.listeners.posted(published.info)
