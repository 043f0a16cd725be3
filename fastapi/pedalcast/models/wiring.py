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
from pedalcast.forecasts.champion import ChampionFollower
from pedalcast.forecasts.lease import Lease
from pedalcast.kit.redis import connect
from pedalcast.models.guard import Guard, Rules
from pedalcast.models.inputs import InputRepository
from pedalcast.models.keeping import Keeping, calmly
from pedalcast.models.listening import Listener
from pedalcast.models.schedule import Schedule
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
    listener = Listener(client, _hearing(services))
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


def _keeping(services: Services, client: redis.Redis) -> Keeping:
    models, settings = services.models, services.settings
    guard = Guard(
        registry=models.registry,
        inputs=InputRepository(client),
        current=lambda: services.forecasts.models.current,
        clock=services.clock,
        instruments=models.instruments,
        rules=Rules(window=settings.guard_window, least=settings.guard_min_forecasts),
        rolled=lambda news: news.tell(client),
    )
    schedule = Schedule(
        client,
        models.jobs,
        models.registry,
        History(services.objects),
        services.clock,
        every=settings.retrain_every,
        first_after=settings.first_model_after,
    )
    lease = Lease(client, key="lease:models", ttl=timedelta(seconds=3 * TICK_S))
    return Keeping(models.jobs, guard, schedule, lease, services.events, models.instruments)


def _hearing(services: Services) -> Callable[[bytes], None]:
    """At news of a champion: take it up here, and pass the news on to listeners."""
    follower = ChampionFollower(services.models.registry, services.forecasts)

    def heard(data: bytes) -> None:
        follower.look()
        said = orjson.loads(data)
        told = {name: said[name] for name in ("version", "before", "rollback")}  # everybody may listen
        services.events.publish("model", f"model-{uuid4().hex[:12]}", orjson.dumps(told).decode())

    return heard


def _scheduler(services: Services, keeping: Keeping) -> BackgroundScheduler:
    speed = getattr(services.clock, "speed", 1.0)  # what waits for forecasts to come true follows the feed's clock
    guarded = services.settings.guard_every.total_seconds() / speed
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(calmly(keeping.look_after), "interval", seconds=LOOK_S)
    scheduler.add_job(calmly(keeping.tick), "interval", seconds=max(TICK_S / speed, FASTEST_S))
    if guarded:
        scheduler.add_job(calmly(keeping.watch), "interval", seconds=max(guarded, FASTEST_S))
    return scheduler
