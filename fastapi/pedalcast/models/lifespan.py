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
from pedalcast.kit.redis_connection import connect
from pedalcast.models.champion_listener import ChampionListener
from pedalcast.models.maintenance import Maintenance, skipped_on_outage
from pedalcast.models.monitoring.drift_counts import DriftCountRepository
from pedalcast.models.monitoring.guard import ChampionGuard, GuardRules
from pedalcast.models.schedule import RetrainSchedule
from pedalcast.services import Services

LOOK_S = 5.0
TICK_S = 60.0
FASTEST_S = 1.0
log = structlog.get_logger(__name__)


@asynccontextmanager
async def start(services: Services) -> AsyncIterator[None]:
    """Look after jobs and models until left; then the jobs started here end as interrupted."""
    client = connect(services.redis_url)
    keeping = _keeping(services, client)
    services.models.ended.then = keeping.ended
    listener = ChampionListener(client, _hearing(services))
    scheduler = _scheduler(services, keeping)
    listener.start()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
        await asyncio.to_thread(listener.stop)
        await asyncio.to_thread(services.models.jobs.stop)
        with suppress(redis.RedisError):  # it ends by itself
            keeping.lease.release()
        client.close()


def _keeping(services: Services, client: redis.Redis) -> Maintenance:
    models, settings = services.models, services.settings
    guard = ChampionGuard(
        registry=models.registry,
        inputs=DriftCountRepository(client),
        current=lambda: services.forecasts.models.current,
        clock=services.clock,
        instruments=models.instruments,
        rules=GuardRules(window=settings.guard_window, least=settings.guard_min_forecasts),
        rolled=lambda news: news.tell(client),
    )
    schedule = RetrainSchedule(
        client,
        models.jobs,
        models.registry,
        History(services.objects),
        services.clock,
        every=settings.retrain_every,
        first_after=settings.first_model_after,
    )
    lease = Lease(client, key="lease:models", ttl=timedelta(seconds=3 * TICK_S))
    return Maintenance(models.jobs, guard, schedule, lease, services.events, models.instruments)


def _hearing(services: Services) -> Callable[[bytes], None]:
    """At news of a champion: take it up here, and pass the news on to listeners."""
    follower = ChampionFollower(services.models.registry, services.forecasts)

    def heard(data: bytes) -> None:
        follower.look()
        said = orjson.loads(data)
        told = {name: said[name] for name in ("version", "before", "rollback")}  # everybody may listen
        services.events.publish("model", f"model-{uuid4().hex[:12]}", orjson.dumps(told).decode())

    return heard


def _scheduler(services: Services, keeping: Maintenance) -> BackgroundScheduler:
    speed = getattr(services.clock, "speed", 1.0)  # what waits for forecasts to come true follows the feed's clock
    guarded = services.settings.guard_every.total_seconds() / speed
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(skipped_on_outage(keeping.look_after), "interval", seconds=LOOK_S)
    scheduler.add_job(skipped_on_outage(keeping.tick), "interval", seconds=max(TICK_S / speed, FASTEST_S))
    if guarded:
        scheduler.add_job(skipped_on_outage(keeping.watch), "interval", seconds=max(guarded, FASTEST_S))
    return scheduler
