"""Models and jobs as a running part of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import orjson
import redis

from forecaster.history import History
from pedalcast.forecasts.leadership.lease import Lease
from pedalcast.forecasts.prediction.champion import ChampionFollower
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.context import AppContext
from pedalcast.kit.redis_connection import connect
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.models.champion_events import ChampionChange, ChampionListener
from pedalcast.models.container import ModelServices
from pedalcast.models.maintenance import Maintenance
from pedalcast.models.monitoring.drift_counts import DriftCountRepository
from pedalcast.models.monitoring.guard import ChampionGuard, GuardRules
from pedalcast.models.schedule import RetrainSchedule
from pedalcast.settings import Settings

Audit = Callable[..., None]
REAP_S = 0.25
LOOK_S = 5.0
TICK_S = 60.0
FASTEST_S = 1.0


@asynccontextmanager
async def start(
    context: AppContext, settings: Settings, models: ModelServices, forecasts: ForecastService, audit: Audit
) -> AsyncIterator[None]:
    """Look after jobs and models until left; then the jobs started here end as interrupted.

    `audit(action, version, **circumstances)` is told of versions promoted or rolled back without anybody's request.
    """
    client = connect(context.redis_url)
    maintenance = _maintenance(context, settings, models, forecasts, client=client, audit=audit)
    models.ended.then = maintenance.ended
    handle = _on_champion_change(context, models, forecasts)
    workers = (ChampionListener(client, handle).worker, *_workers(context, settings, models, maintenance))
    for worker in workers:
        context.workers.start(worker)
    try:
        yield
    finally:
        for worker in reversed(workers):
            await asyncio.to_thread(worker.stop)
        await asyncio.to_thread(models.jobs.stop)
        with suppress(redis.RedisError):  # it ends by itself
            maintenance.lease.release()
        client.close()


def _maintenance(
    context: AppContext,
    settings: Settings,
    models: ModelServices,
    forecasts: ForecastService,
    *,
    client: redis.Redis,
    audit: Audit,
) -> Maintenance:
    def rolled(change: ChampionChange) -> None:
        change.publish(client)
        audit("model.rollback", change.version, reason=change.reason, before=change.before)

    guard = ChampionGuard(
        registry=models.registry,
        inputs=DriftCountRepository(client),
        current=lambda: forecasts.models.current,
        clock=context.clock,
        instruments=models.instruments,
        rules=GuardRules(window=settings.guard_window, least=settings.guard_min_forecasts),
        rolled=rolled,
    )
    schedule = RetrainSchedule(
        client,
        models.jobs,
        models.registry,
        History(context.objects),
        context.clock,
        every=settings.retrain_every,
        first_after=settings.first_model_after,
    )
    lease = Lease(client, key="lease:models", ttl=timedelta(seconds=3 * TICK_S))
    return Maintenance(models.jobs, guard, schedule, lease, context.events, models.instruments, audit)


def _on_champion_change(
    context: AppContext, models: ModelServices, forecasts: ForecastService
) -> Callable[[bytes], None]:
    """What to do when the champion has changed: load it here, and tell the listeners of `/api/v1/events`."""
    follower = ChampionFollower(models.registry, forecasts)

    def handle(message: bytes) -> None:
        follower.look()
        change = orjson.loads(message)
        public = {name: change[name] for name in ("version", "before", "rollback")}  # everybody may listen
        context.events.publish("model", f"model-{uuid4().hex[:12]}", orjson.dumps(public).decode())

    return handle


def _workers(
    context: AppContext, settings: Settings, models: ModelServices, maintenance: Maintenance
) -> Iterator[BackgroundWorker]:
    speed = getattr(context.clock, "speed", 1.0)  # what waits for forecasts to come true follows the feed's clock
    yield BackgroundWorker("job-supervisor", models.jobs.settle_ended, every_s=REAP_S)
    yield BackgroundWorker("job-maintenance", maintenance.look_after, every_s=LOOK_S)
    tick_s = max(TICK_S / speed, FASTEST_S)
    yield BackgroundWorker("retrain-schedule", maintenance.tick, every_s=tick_s, first_after_s=tick_s)
    guard_s = settings.guard_every.total_seconds() / speed
    if guard_s:
        guard_s = max(guard_s, FASTEST_S)
        yield BackgroundWorker("champion-guard", maintenance.watch, every_s=guard_s, first_after_s=guard_s)
