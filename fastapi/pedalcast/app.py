"""The application: clients built once, domains wired, everything closed again."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.gzip import GZipMiddleware

from collector.clocks import Clock, SystemClock
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.objects import ObjectError, ObjectStore, open_objects
from pedalcast.chat import endpoints as chat
from pedalcast.chat import lifespan
from pedalcast.chat.chat_state import ChatState
from pedalcast.events import endpoints as events
from pedalcast.forecasts import endpoints as forecasts
from pedalcast.forecasts import lifespan as forecasting
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit import errors, metrics, readiness, redis_connection
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.runtime import gc_tuning
from pedalcast.kit.web.fast_path import FastPath, FastPathTable
from pedalcast.kit.web.request_context import RequestContext
from pedalcast.models import endpoints as models
from pedalcast.models import lifespan as modelling
from pedalcast.models.container import build_model_services as build_models
from pedalcast.models.jobs import endpoints as jobs
from pedalcast.services import Services
from pedalcast.settings import Settings, SettingsError
from pedalcast.stations import archive_worker, snapshot_follower
from pedalcast.stations import endpoints as stations
from pedalcast.stations.recent_polls import RecentPolls
from pedalcast.stations.service import StationService

Start = Callable[[Services], AbstractAsyncContextManager[None]]

ROUTERS: tuple[APIRouter, ...] = (
    readiness.router,
    stations.router,
    forecasts.router,
    events.router,
    models.router,
    jobs.router,
    chat.router,
)
# Entered in this order, left in the opposite one.
STARTS: tuple[Start, ...] = (
    snapshot_follower.start,
    forecasting.start,
    archive_worker.start,
    modelling.start,
    lifespan.start,
)

DESCRIPTION = """\
Will there be a bike, or a free dock, when I arrive? Every station of a city, now and in the next hour.

도착했을 때 자전거가, 빈 거치대가 있을까요? 모든 대여소의 지금과 다음 한 시간.
"""


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Build the application. Nothing is connected before it starts; then Redis must answer.

    `clock` is the one the feed lives on (accelerated runs bring their own). Raises `SettingsError` without REDIS_URL.
    """
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL must be set (`python -m pedalcast run` brings a Redis of its own)")
    registry = metrics.create_registry()
    table = FastPathTable()
    services = build_services(settings, clock or SystemClock(), table, registry)
    app = FastAPI(
        title="Pedalcast", version=version("pedalcast"), description=DESCRIPTION, lifespan=lambda _: _lifespan(services)
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=4)
    metrics.instrument(app, registry)
    app.add_middleware(RequestContext)
    app.add_middleware(FastPath, table=table, registry=registry)
    app.state.services = services
    return app


def build_services(settings: Settings, clock: Clock, table: FastPathTable, registry: CollectorRegistry) -> Services:
    """The clients, not yet connected."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    client = redis_connection.connect(url)
    objects = open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url)
    forecasting_service = ForecastService()
    return Services(
        settings=settings,
        clock=clock,
        redis=client,
        redis_url=url,
        objects=objects,
        events=Broadcaster(settings.events_queue),
        front=table,
        ready=readiness.Readiness(),
        metrics=registry,
        stations=StationService(
            store=SnapshotStore(client),
            history=History(objects),
            clock=clock,
            stale_after=settings.stale_after,
            recent=RecentPolls(timedelta(hours=settings.recent_hours)),
        ),
        forecasts=forecasting_service,
        models=build_models(
            settings,
            client=client,
            redis_url=url,
            objects=objects,
            forecasts=forecasting_service,
            clock=clock,
            metrics=registry,
        ),
        chat=ChatState(),
    )


@asynccontextmanager
async def _lifespan(services: Services) -> AsyncIterator[None]:
    redis_connection.check(services.redis, services.redis_url)
    services.ready.add("redis", lambda: redis_connection.problem(services.redis, services.redis_url))
    services.ready.add("objects", lambda: _problem_of(services.objects))
    async with AsyncExitStack() as stack:
        stack.callback(services.redis.close)
        stack.callback(services.events.close)
        for start in STARTS:
            await stack.enter_async_context(start(services))
        gc_tuning.freeze_loaded_objects()
        stack.callback(gc.unfreeze)
        yield


def _problem_of(objects: ObjectStore) -> str | None:
    """What keeps the object store from answering, None where nothing does."""
    try:
        objects.exists("models/model_version.json")
    except ObjectError as error:
        return str(error)
    return None
