"""Models and jobs as a running part of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import orjson
import redis
import structlog
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from forecaster.history import History
from pedalcast.forecasts.lease import Lease
from pedalcast.forecasts.prediction.champion import ChampionFollower
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.context import AppContext
from pedalcast.kit.redis_connection import connect
from pedalcast.models.champion_listener import ChampionListener
from pedalcast.models.container import ModelServices
from pedalcast.models.maintenance import Maintenance, skipped_on_outage
from pedalcast.models.monitoring.drift_counts import DriftCountRepository
from pedalcast.models.monitoring.guard import ChampionGuard, GuardRules
from pedalcast.models.schedule import RetrainSchedule
from pedalcast.settings import Settings

LOOK_S = 5.0
TICK_S = 60.0
FASTEST_S = 1.0
log = structlog.get_logger(__name__)


@asynccontextmanager
async def start(
    context: AppContext, settings: Settings, models: ModelServices, forecasts: ForecastService
) -> AsyncIterator[None]:
    """Look after jobs and models until left; then the jobs started here end as interrupted."""
    client = connect(context.redis_url)
    maintenance = _maintenance(context, settings, models, forecasts, client)
    models.ended.then = maintenance.ended
    listener = ChampionListener(client, _on_champion_change(context, models, forecasts))
    scheduler = _scheduler(context, settings, maintenance)
    listener.start()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
        await asyncio.to_thread(listener.stop)
        await asyncio.to_thread(models.jobs.stop)
        with suppress(redis.RedisError):  # it ends by itself
            maintenance.lease.release()
        client.close()


def _maintenance(
    context: AppContext, settings: Settings, models: ModelServices, forecasts: ForecastService, client: redis.Redis
) -> Maintenance:
    guard = ChampionGuard(
        registry=models.registry,
        inputs=DriftCountRepository(client),
        current=lambda: forecasts.models.current,
        clock=context.clock,
        instruments=models.instruments,
        rules=GuardRules(window=settings.guard_window, least=settings.guard_min_forecasts),
        rolled=lambda change: change.tell(client),
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
    return Maintenance(models.jobs, guard, schedule, lease, context.events, models.instruments)


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


def _scheduler(context: AppContext, settings: Settings, maintenance: Maintenance) -> BackgroundScheduler:
    speed = getattr(context.clock, "speed", 1.0)  # what waits for forecasts to come true follows the feed's clock
    guard_s = settings.guard_every.total_seconds() / speed
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(skipped_on_outage(maintenance.look_after), "interval", seconds=LOOK_S)
    scheduler.add_job(skipped_on_outage(maintenance.tick), "interval", seconds=max(TICK_S / speed, FASTEST_S))
    if guard_s:
        scheduler.add_job(skipped_on_outage(maintenance.watch), "interval", seconds=max(guard_s, FASTEST_S))
    return scheduler
