"""Forecasts as a running part of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis
import structlog

from collector.clocks import Clock, FastClock
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.objects import ObjectError, ObjectNotFound, ObjectStore
from forecaster.registry.registry import Registry
from forecaster.window import StationSet
from pedalcast.forecasts.archive.forecast_archiver import ForecastArchiver
from pedalcast.forecasts.endpoints import PATH
from pedalcast.forecasts.forecast_cycle import ForecastCycle
from pedalcast.forecasts.forecast_loop import BLOCK_MS, ForecastLoop, LoopDependencies, RunListeners
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.inputs.station_metadata import StationMetadata
from pedalcast.forecasts.leadership.lease import HeldLease, Lease
from pedalcast.forecasts.metrics import ForecastMetrics
from pedalcast.forecasts.prediction.champion import ChampionFollower
from pedalcast.forecasts.prediction.profile_refresh import ProfileRefresh
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.forecasts.service import ForecastService
from pedalcast.forecasts.verification.pending_runs import PendingRunStore
from pedalcast.forecasts.verification.score_recorder import ScoreRecorder, VerificationMetrics
from pedalcast.forecasts.verification.verifier import ForecastVerifier
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.context import AppContext
from pedalcast.kit.redis_connection import connect
from pedalcast.kit.runtime.background_worker import LATE_AFTER_S, BackgroundWorker
from pedalcast.settings import Settings

REFRESH_S = 6 * 3600.0  # how often stations' facts are asked for though no station came or went
PROFILE_S = 3600.0  # how often the city's profile is brought up to date

log = structlog.get_logger(__name__)


@asynccontextmanager
async def start(context: AppContext, settings: Settings, forecasts: ForecastService) -> AsyncIterator[None]:
    """Serve the run that Redis has, then follow the stream, until left."""
    client = connect(context.redis_url, block_s=BLOCK_MS / 1000)
    archiver = ForecastArchiver(context.objects, context.clock, settings.forecast_archive)
    loop, recorder = build_loop(context, settings, forecasts, client, archiver)
    follower = ChampionFollower(Registry(context.objects), forecasts)
    workers: tuple[BackgroundWorker, ...] = (
        recorder.worker,
        archiver.worker,
        loop.worker,
        BackgroundWorker(
            "forecast-lease", loop.renew_lease, every_s=settings.forecast_lease.total_seconds() / 3, background=False
        ),
        BackgroundWorker("forecast-tick", loop.tick, every_s=_tick_seconds(context.clock)),
        BackgroundWorker("station-metadata", loop.refresh, every_s=REFRESH_S),
        _profile_worker(context, forecasts),
        BackgroundWorker("champion-check", follower.look, every_s=settings.champion_check.total_seconds()),
    )
    await asyncio.to_thread(loop.catch_up)
    await asyncio.to_thread(follower.look)
    forecasts.when_swapped(loop.wake)
    context.readiness.add("forecasts", forecasts.problem)
    context.fast_path.paths[PATH] = forecasts.board.whole
    context.fast_path.items[PATH] = forecasts.board.station
    for worker in workers:
        context.workers.start(worker)
    try:
        yield
    finally:
        for worker in reversed(workers):
            await asyncio.to_thread(worker.stop)
        client.close()


def _profile_worker(context: AppContext, forecasts: ForecastService) -> BackgroundWorker:
    every_s = _profile_seconds(context.clock)
    refresh = ProfileRefresh(History(context.objects), lambda: forecasts.models.current, every_s=every_s)
    late_after_s = max(LATE_AFTER_S, 3 * every_s)
    return BackgroundWorker("city-profile", refresh.run_round, every_s=refresh.wait_s, late_after_s=late_after_s)


def build_loop(
    context: AppContext,
    settings: Settings,
    forecasts: ForecastService,
    client: redis.Redis,
    archiver: ForecastArchiver,
) -> tuple[ForecastLoop, ScoreRecorder]:
    """The loop over the parts of this service, and who keeps what it judges; `client` is theirs, to block on."""
    instruments = ForecastMetrics(context.metrics, forecasts.board, context.clock)
    window = PollWindow(StationMetadata(SnapshotStore(client), lambda: _station_table(context.objects)))
    lease = Lease(client, ttl=settings.forecast_lease)
    repository = ForecastRepository(client, lease.key)
    cycle = ForecastCycle(
        window,
        forecasts.models,
        repository,
        context.clock,
        failed=lambda reason: instruments.failures.labels(reason).inc(),
    )
    metrics = VerificationMetrics(context.metrics)
    recorder = ScoreRecorder(context.objects, metrics, lambda: window.stations.timezone)
    verifier = ForecastVerifier(PendingRunStore(client), recorder.matured, metrics.missed)

    def made(run: ForecastRun, held: HeldLease) -> None:
        archiver.made(run, held)  # first: it only queues
        verifier.made(run, held)

    dependencies = LoopDependencies(
        client=client,
        clock=context.clock,
        ring=window,
        cycle=cycle,
        repository=repository,
        lease=lease,
        board=forecasts.board,
        instruments=instruments,
        listeners=RunListeners(
            posted=lambda info: _publish_event(context.events, info), made=made, polled=verifier.polled
        ),
        turn=context.forecasting,
    )
    return ForecastLoop(dependencies), recorder


def _publish_event(events: Broadcaster, info: RunInfo) -> None:
    events.publish("forecasts", f"forecasts-{info.id}", info.to_json(url=PATH).decode())


def _station_table(objects: ObjectStore) -> StationSet | None:
    """The history's station table; None where it cannot be read, and forecasts go on without it."""
    try:
        return History(objects).stations()
    except ObjectNotFound:
        return None
    except ObjectError as error:
        log.warning("station table unavailable, metadata from redis only", reason=str(error))
        return None


def _profile_seconds(clock: Clock) -> float:
    """An hour of the feed's time, ten seconds at least."""
    speed = clock.speed if isinstance(clock, FastClock) else 1.0
    return max(PROFILE_S / speed, 10.0)


def _tick_seconds(clock: Clock) -> float:
    """How often to look whether a run is overdue: each second, more often on a clock that runs faster."""
    speed = clock.speed if isinstance(clock, FastClock) else 1.0
    return min(1.0, max(0.25, POLL_SECONDS / speed / 10))
