"""The application: clients built once, domains composed, everything closed again."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from collector.clocks import Clock, SystemClock
from forecaster.objects import ObjectError, ObjectStore, open_objects
from pedalcast.accounts.audit.system_log import SystemAuditLog
from pedalcast.alerts import lifespan as alerts_lifespan
from pedalcast.alerts.city_view import ServedCityView
from pedalcast.alerts.service import AlertService
from pedalcast.chat import endpoints as chat
from pedalcast.chat import lifespan as chat_lifespan
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.contract import document as api_document
from pedalcast.documents import endpoints as documents
from pedalcast.documents import lifespan as documents_lifespan
from pedalcast.documents.intake import endpoints as document_addresses
from pedalcast.documents.intake.multipart_upload import OVERHEAD
from pedalcast.documents.pictures import endpoints as document_pictures
from pedalcast.events import endpoints as events
from pedalcast.forecasts import endpoints as forecasts
from pedalcast.forecasts import lifespan as forecasts_lifespan
from pedalcast.forecasts.archive.past_forecasts import PastForecasts
from pedalcast.forecasts.archive.station_past import StationPastService
from pedalcast.forecasts.prediction.general_model import load_general_model
from pedalcast.forecasts.service import ForecastService
from pedalcast.gbfs import endpoints as gbfs
from pedalcast.gbfs.lifespan import build_gbfs_service
from pedalcast.kafka_export import lifespan as kafka_lifespan
from pedalcast.kit import damaged_objects, error_reporting, errors, metrics, readiness, redis_connection
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.context import AppContext
from pedalcast.kit.runtime import gc_tuning
from pedalcast.kit.runtime.metrics_exchange import MetricsExchange
from pedalcast.kit.runtime.thread_priority import shorten_slices
from pedalcast.kit.runtime.worker_group import WorkerGroup
from pedalcast.kit.web.fast_path import FastPath, FastPathTable
from pedalcast.kit.web.request_context import RequestContext
from pedalcast.kit.web.request_limits import BodyLimits, RequestLimits
from pedalcast.mcp import transports as mcp_transports
from pedalcast.models import endpoints as models
from pedalcast.models import lifespan as models_lifespan
from pedalcast.models.container import build_model_services
from pedalcast.models.jobs import endpoints as jobs
from pedalcast.operations import endpoints as operations
from pedalcast.operations.service import OperationsService
from pedalcast.page import endpoints as page
from pedalcast.page.lifespan import install_page
from pedalcast.people import People, build_people, fast_path_admission, install_people
from pedalcast.plans import endpoints as plans
from pedalcast.plans.service import PlanService
from pedalcast.playback import endpoints as playback
from pedalcast.playback.service import PlaybackService
from pedalcast.rebalancing import endpoints as rebalancing
from pedalcast.rebalancing.service import RebalancingService
from pedalcast.settings import Settings, SettingsError
from pedalcast.stations import endpoints as stations
from pedalcast.stations import lifespan as stations_lifespan

ROUTERS: tuple[APIRouter, ...] = (
    readiness.router,
    stations.router,
    forecasts.router,
    plans.router,
    playback.router,
    rebalancing.router,
    events.router,
    models.router,
    operations.router,
    page.router,
    jobs.router,
    chat.router,
    document_addresses.router,
    document_pictures.router,
    documents.router,
    gbfs.router,
)

log = structlog.get_logger(__name__)

DESCRIPTION = """\
Will there be a bike, or a free dock, when I arrive? Every station of a city, now and in the next hour.

도착했을 때 자전거가, 빈 거치대가 있을까요? 모든 대여소의 지금과 다음 한 시간.
"""


@dataclass(frozen=True, slots=True)
class ProcessPlace:
    """Which of a service's processes this is, and the folder where they exchange their metrics."""

    number: int
    folder: Path


def create_app(settings: Settings, *, clock: Clock | None = None, place: ProcessPlace | None = None) -> FastAPI:
    """Build the application. Nothing is connected before it starts; then Redis must answer.

    `clock` is the one the feed lives on (accelerated runs bring their own), `place` is set where several processes
    serve. Raises `SettingsError` without REDIS_URL.
    """
    context = build_context(settings, clock or SystemClock())
    exchange = None if place is None else MetricsExchange(place.folder, place.number, context.metrics)
    if exchange is not None:
        exchange.start()
    people = build_people(
        settings,
        context.redis_url,
        context.metrics,
        events=context.events,
        station_exists=lambda station_id: app.state.stations.exists(station_id),  # noqa: PLW0108 (it is set below)
    )
    app = FastAPI(
        title="Pedalcast",
        version=version("pedalcast"),
        description=DESCRIPTION,
        lifespan=lambda app: _lifespan(app, context, settings, people),
        docs_url=None,  # both load scripts from other hosts: `page` describes the API
        redoc_url=None,
    )
    errors.install(app, ChatRequest)
    for router in ROUTERS:
        app.include_router(router)
    app.state.mcp = mcp_transports.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=4)
    metrics.instrument(app, context.metrics, exchange)
    install_people(app, people)
    context.fast_path.admission = fast_path_admission(people)
    context.fast_path.named_origins = frozenset(origin.encode() for origin in people.accounts.allowed_origins)
    api_document.install(app)
    upload_bytes = (settings.document_max_mb << 20) + OVERHEAD
    app.add_middleware(RequestLimits, limits=BodyLimits(streamed={documents.UPLOAD_PATH: upload_bytes}))
    install_page(app, settings)
    app.add_middleware(RequestContext)
    app.add_middleware(FastPath, table=context.fast_path, registry=context.metrics)
    _set_state(app, context, settings, people)
    return app


def build_context(settings: Settings, clock: Clock) -> AppContext:
    """The shared clients, not yet connected. Raises `SettingsError` without REDIS_URL."""
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL must be set (`python -m pedalcast run` brings a Redis of its own)")
    url = settings.redis_url.get_secret_value()
    registry = metrics.create_registry()
    return AppContext(
        clock=clock,
        redis=redis_connection.connect(url),
        redis_url=url,
        objects=open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url),
        events=Broadcaster(settings.events_queue),
        fast_path=FastPathTable(),
        readiness=readiness.Readiness(),
        metrics=registry,
        workers=WorkerGroup(registry),
        admin_token=settings.admin_token,
    )


def _set_state(app: FastAPI, context: AppContext, settings: Settings, people: People) -> None:
    """Set what the domains' `dependencies.py` hand to endpoints."""
    app.state.context = context
    app.state.stations = stations_lifespan.build_station_service(context, settings)
    app.state.forecasts = ForecastService(load_general_model() if settings.general_model else None)
    archive = PastForecasts(context.objects)
    app.state.past_forecasts = StationPastService(app.state.stations, archive)
    app.state.playback = PlaybackService(app.state.stations, archive, context.clock)
    closed = people.notices.shown.closed_stations
    app.state.rebalancing = RebalancingService(app.state.stations, app.state.forecasts, closed)
    app.state.plans = PlanService(app.state.stations, app.state.forecasts, closed)
    app.state.models = build_model_services(context, settings, app.state.forecasts)
    app.state.operations = OperationsService(context, app.state.stations, app.state.forecasts, app.state.models)
    key = settings.rag_server_key
    app.state.chat = ChatState(None if key is None else key.get_secret_value())
    app.state.documents_runtime = documents_lifespan.build(
        context, settings, people.accounts, people.bots.service, app.state.chat
    )
    app.state.documents = app.state.documents_runtime.documents
    app.state.gbfs = build_gbfs_service(
        context,
        settings,
        stations=app.state.stations,
        forecasts=app.state.forecasts,
        models=app.state.models.service,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI, context: AppContext, settings: Settings, people: People) -> AsyncIterator[None]:
    """Start the domains in the order in which they build on each other; stop them in the opposite one."""
    shorten_slices()
    redis_connection.check(context.redis, context.redis_url)
    context.readiness.add("redis", lambda: _public("redis", _redis_problem(context)))
    context.readiness.add("objects", lambda: _public("objects", _problem_of(context.objects)))
    context.readiness.add("workers", context.workers.problem)
    damaged_objects.report(context.objects.damage, context.readiness, context.metrics)
    state = app.state
    async with AsyncExitStack() as stack:
        dsn = settings.sentry_dsn.get_secret_value() if settings.sentry_dsn else None
        release = version("pedalcast")
        stack.enter_context(error_reporting.reporting(dsn, environment=settings.environment, release=release))
        stack.callback(context.redis.close)
        stack.callback(context.events.close)
        stack.enter_context(context.workers.running())
        audit = SystemAuditLog(people.database)
        for domain in (
            people.start(),
            stations_lifespan.start(context, state.stations),
            forecasts_lifespan.start(context, settings, state.forecasts),
            kafka_lifespan.start(context, settings),
            models_lifespan.start(context, settings, state.models, state.forecasts, audit.record),
            state.mcp,
            chat_lifespan.start(context, settings, state.chat, people.notices.shown, state.forecasts.chances),
            state.documents_runtime.start(),
            alerts_lifespan.start(_alerts(app, context, people)),
        ):
            await stack.enter_async_context(domain)
        gc_tuning.freeze_loaded_objects()
        stack.callback(gc.unfreeze)
        yield


def _alerts(app: FastAPI, context: AppContext, people: People) -> AlertService:
    city = ServedCityView(app.state.stations, app.state.forecasts, context.clock)
    return AlertService(people.database, people.notifications, city)


def _redis_problem(context: AppContext) -> str | None:
    return redis_connection.problem(context.redis, context.redis_url)


def _public(part: str, problem: str | None) -> str | None:
    """What anybody may know of a problem: the log has its address."""
    if problem is None:
        return None
    log.warning("part unavailable", part=part, reason=problem)
    return "does not answer"


def _problem_of(objects: ObjectStore) -> str | None:
    """What keeps the object store from answering, None where nothing does."""
    try:
        objects.exists("models/model_version.json")
    except ObjectError as error:
        return str(error)
    return None
