"""Forecasts as a running part of the service."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import redis
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from collector.clocks import FastClock
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.objects import ObjectError, ObjectNotFound
from forecaster.registry.registry import Registry
from forecaster.window import StationSet
from pedalcast.forecasts.endpoints import PATH
from pedalcast.forecasts.forecast_cycle import ForecastCycle
from pedalcast.forecasts.forecast_loop import BLOCK_MS, ForecastLoop, LoopDependencies, RunListeners
from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.inputs.station_metadata import StationMetadata
from pedalcast.forecasts.lease import Lease
from pedalcast.forecasts.metrics import ForecastMetrics
from pedalcast.forecasts.prediction.champion import ChampionFollower
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.forecasts.verification.pending_runs import PendingRunStore
from pedalcast.forecasts.verification.score_recorder import ScoreRecorder, VerificationMetrics
from pedalcast.forecasts.verification.verifier import ForecastVerifier
from pedalcast.kit.redis_connection import connect
from pedalcast.kit.runtime.thread_priority import go_ahead, lower_priority
from pedalcast.services import Services

# How long a thread that computes may keep the interpreter from the event loop, which asks for it several times in each
# answer. The default of 5 ms is felt by everyone who asks for something while a cycle runs.
SWITCH_S = 0.000_05
FACTS_H = 6  # how often stations' facts are asked for though no station came or went

log = structlog.get_logger(__name__)


@asynccontextmanager
async def start(services: Services) -> AsyncIterator[None]:
    """Serve the run that Redis has, then follow the stream, until left."""
    sys.setswitchinterval(SWITCH_S)
    go_ahead()
    service, settings = services.forecasts, services.settings
    client = connect(services.redis_url, block_s=BLOCK_MS / 1000)
    loop, recorder = build_loop(services, client)
    follower = ChampionFollower(Registry(services.objects), service)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1},
        executors={"default": ThreadPoolExecutor(pool_kwargs={"initializer": lower_priority})},
    )
    scheduler.add_job(loop.tick, "interval", seconds=_interval(services).total_seconds())
    scheduler.add_job(loop.refresh, "interval", hours=FACTS_H)
    scheduler.add_job(follower.look, "interval", seconds=settings.champion_check.total_seconds())
    await asyncio.to_thread(loop.catch_up)
    await asyncio.to_thread(follower.look)
    service.when_swapped(loop.wake)
    services.ready.add("forecasts", service.problem)
    services.front.paths[PATH] = service.board.whole
    services.front.items[PATH] = service.board.station
    for part in (recorder, loop, scheduler):
        part.start()
    try:
        yield
    finally:
        scheduler.shutdown()
        await asyncio.to_thread(loop.stop)
        await asyncio.to_thread(recorder.stop)
        client.close()


def build_loop(services: Services, client: redis.Redis) -> tuple[ForecastLoop, ScoreRecorder]:
    """The loop over the parts of this service, and who keeps what it judges; `client` is theirs, to block on."""
    service = services.forecasts
    instruments = ForecastMetrics(services.metrics, service.board, services.clock)
    ring = PollWindow(StationMetadata(SnapshotStore(client), lambda: _known(services)))
    lease = Lease(client, ttl=services.settings.forecast_lease)
    repository = ForecastRepository(client, lease.key)
    cycle = ForecastCycle(
        ring, service.models, repository, services.clock, failed=lambda why: instruments.failures.labels(why).inc()
    )
    metrics = VerificationMetrics(services.metrics)
    recorder = ScoreRecorder(services.objects, metrics, lambda: ring.stations.timezone)
    judge = ForecastVerifier(PendingRunStore(client), recorder.matured, metrics.missed)
    parts = LoopDependencies(
        client=client,
        clock=services.clock,
        ring=ring,
        cycle=cycle,
        repository=repository,
        lease=lease,
        board=service.board,
        instruments=instruments,
        listeners=RunListeners(posted=lambda info: _tell(services, info), made=judge.made, polled=judge.polled),
        turn=services.forecasting,
    )
    return ForecastLoop(parts), recorder


def _tell(services: Services, info: RunInfo) -> None:
    services.events.publish("forecasts", f"forecasts-{info.id}", info.to_json(url=PATH).decode())


def _known(services: Services) -> StationSet | None:
    """The history's station table; forecasts go on without it."""
    try:
        return History(services.objects).stations()
    except ObjectNotFound:
        return None
    except ObjectError as error:
        log.warning("station table unreachable", reason=str(error))
        return None


def _interval(services: Services) -> timedelta:
    speed = services.clock.speed if isinstance(services.clock, FastClock) else 1.0
    return max(timedelta(seconds=POLL_SECONDS / speed), timedelta(seconds=1))
