"""Follows the stream: makes forecasts while this replica holds the lease, serves the leader's otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import redis
import structlog

from collector.clocks import Clock
from collector.snapshot import POLL_SECONDS
from pedalcast.forecasts.forecast_cycle import ForecastCycle
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo, RunTrigger
from pedalcast.forecasts.inputs.poll_intake import CycleStart, PollIntake
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.leadership.lease import HeldLease, Lease, LeaseLostError
from pedalcast.forecasts.metrics import ForecastMetrics
from pedalcast.forecasts.repository import ForecastRepository, PublishedRun, StreamReader
from pedalcast.forecasts.served_run import ServedRunHolder
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.kit.runtime.thread_priority import PriorityGate

BLOCK_MS = 250  # how soon a tick, or the end of another's lease, is noticed
LONGEST_RUN_S = 60.0  # a run at work for longer counts as stuck: the lease passes on to another replica
TICK_WAITS_S = 1.0  # for the follower, which takes in polls; a run in progress is no reason to tick

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
    """Runs until stopped, through failures of Redis and of the feed."""

    def __init__(self, dependencies: LoopDependencies, *, block_ms: int = BLOCK_MS) -> None:
        self._dependencies = dependencies
        self._block_ms = block_ms
        self._news: StreamReader | None = None
        self._intake = PollIntake(dependencies.ring, dependencies.clock, dependencies.instruments)
        self._due: RunTrigger | None = None
        self._busy = threading.Lock()  # held while polls are taken in and a run is made: by the follower or by a tick
        self._run_started: datetime | None = None
        self._working_since: float | None = None  # monotonic seconds, while a run is made
        self._facts_old = threading.Event()
        self._held: HeldLease | None = None
        self._own_run_id: str | None = None
        self.worker = BackgroundWorker(
            "forecast-loop", self._turn, on_failure=self._after_failure, on_stop=dependencies.lease.release
        )

    def tick(self) -> None:
        """Forecast from now when no run has started for five minutes; called by the schedule.

        It does the run itself, in the caller's thread, so that a lost event or a follower that is stuck or dead costs
        nothing. Nothing happens on a replica that does not get the lease. Raises redis-py's errors.
        """
        if not self._overdue() or not self._busy.acquire(timeout=TICK_WAITS_S):
            return
        try:
            if self._overdue():  # the follower may have begun one meanwhile
                self._run_from_now()
        except redis.RedisError:
            self._dependencies.instruments.loop_failed("redis")
            raise
        finally:
            self._busy.release()

    def renew_lease(self) -> None:
        """Hold on to the lease while a run takes long; called by a thread of its own. Raises redis-py's errors.

        Between runs the follower does it, and nobody does for a run that takes longer than `LONGEST_RUN_S`.
        """
        since = self._working_since
        if since is not None and time.monotonic() - since < LONGEST_RUN_S:
            self._dependencies.lease.renew()

    def wake(self) -> None:
        """Forecast again soon, because the model has changed; read the stations' metadata again after it."""
        self._due = RunTrigger.MODEL
        self.refresh()

    def refresh(self) -> None:
        """Read the stations' metadata again after the next run: capacities change, the history grows."""
        self._facts_old.set()

    def catch_up(self) -> None:
        """Rebuild the window from the stream and serve the run that is there. Called once, before the worker starts."""
        with self._busy:
            after = self._intake.load(self._dependencies.client)
        self._news = StreamReader(self._dependencies.client, after)
        self._serve_published()

    def _after_failure(self, error: Exception) -> None:
        self._dependencies.instruments.loop_failed(
            "redis" if isinstance(error, redis.RedisError) else type(error).__name__
        )
        self._due = RunTrigger.RETRY  # what Redis lost is written again

    def _turn(self) -> None:
        if self._news is None:
            self.catch_up()
        assert self._news is not None  # noqa: S101 (set by catch_up)
        with self._busy:
            self._hold()
        update = self._news.wait(self._block_ms)
        with self._busy:
            start, trigger = self._intake.take(update.entries), RunTrigger.POLL
            if self._held is None:
                if update.runs:
                    self._serve_published()
                return
            if start is None and self._due is not None:
                start, trigger = CycleStart(at=self._intake.stale_base()), self._due
            if start is not None:
                self._forecast(self._held, start, trigger)

    def _hold(self) -> None:
        before = self._held
        self._held = self._dependencies.lease.acquire()
        self._dependencies.instruments.leader.set(self._held is not None)
        if self._held is not None and self._held != before:
            log.info("this replica forecasts", fence=self._held.fence)
            self._due = RunTrigger.LEASE

    def _overdue(self) -> bool:
        """Whether no run has started here for five minutes of the feed's time, or the clock has gone back."""
        if self._run_started is None:
            return True
        seconds = (self._dependencies.clock.now() - self._run_started).total_seconds()
        return not 0 <= seconds < POLL_SECONDS

    def _run_from_now(self) -> None:
        """A run that counts from now, with the newest poll in Redis. Raises redis-py's errors."""
        held = self._dependencies.lease.acquire()
        if held is None:
            return
        self._intake.take_newest(self._dependencies.client)
        self._forecast(held, CycleStart(at=self._intake.now_if_newer()), RunTrigger.TICK)

    def _forecast(self, held: HeldLease, start: CycleStart, trigger: RunTrigger) -> None:
        """Make a run and publish it; nothing before the first poll. `_busy` is held."""
        if self._dependencies.ring.last is None:
            return
        self._due, self._run_started = None, self._dependencies.clock.now()
        self._working_since = time.monotonic()
        try:
            with self._dependencies.turn:
                run = self._run(held, start, trigger)
        finally:
            self._working_since = None
        if run is None:
            return
        self._dependencies.instruments.ran(run, trigger)
        self._dependencies.ring.tidy()
        if self._facts_old.is_set():
            self._facts_old.clear()
            self._dependencies.ring.refresh()

    def _run(self, held: HeldLease, start: CycleStart, trigger: RunTrigger) -> ForecastRun | None:
        """The run, once it is served here and by the other replicas; None when the lease is lost.

        A tick's run is not verified while polls are fresh: their own runs are.
        """
        dependencies = self._dependencies
        try:
            run, published = dependencies.cycle.run(held, start)
            self._own_run_id = run.info.id
            self._post(published, held)
            dependencies.listeners.polled(dependencies.ring, held)
            if trigger is not RunTrigger.TICK or self._intake.stale_base() is not None:
                dependencies.listeners.made(run, held)
        except LeaseLostError as lost:
            log.info("lease lost, another replica forecasts", reason=str(lost))
            self._held = None
            return None
        return run

    def _serve_published(self) -> None:
        """Serve what the leader has published; nothing when that is this replica's own."""
        published = self._dependencies.repository.published()
        if published is not None and published.info.id != self._own_run_id:
            self._post(published)

    def _post(self, published: PublishedRun, held: HeldLease | None = None) -> None:
        """Serve the run here; with `held`, give it to the other replicas too."""
        dependencies = self._dependencies
        dependencies.board.post(published)
        if held is not None:
            dependencies.repository.publish(held, published)
        dependencies.board.compress()
        dependencies.instruments.uses(published.info.model)
        dependencies.listeners.posted(published.info)
