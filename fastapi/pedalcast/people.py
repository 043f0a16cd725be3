"""Composes what people have here: the database, accounts, and every domain that keeps things of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from pedalcast.accounts import endpoints as accounts_endpoints
from pedalcast.accounts import lifespan as accounts_lifespan
from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.api_tokens import endpoints as api_tokens
from pedalcast.accounts.audit import endpoints as audit
from pedalcast.accounts.favourites import endpoints as favourites
from pedalcast.accounts.google import endpoints as google
from pedalcast.accounts.guests import endpoints as guests
from pedalcast.accounts.metrics import AccountMetrics
from pedalcast.accounts.rate_limits.client_address import parse_networks
from pedalcast.accounts.rate_limits.leased_allowance import LeasedAllowance
from pedalcast.accounts.rate_limits.middleware import RateLimits
from pedalcast.accounts.rate_limits.rate_limiter import RateLimiter
from pedalcast.accounts.teams import endpoints as teams
from pedalcast.admin import endpoints as admin_endpoints
from pedalcast.admin.admin_pages import AdminPages, AdminServices
from pedalcast.admin.service import AttentionService
from pedalcast.board import endpoints as board_endpoints
from pedalcast.board import lifespan as board_lifespan
from pedalcast.board.service import BoardService
from pedalcast.bots import endpoints as bots_endpoints
from pedalcast.bots import lifespan as bots_lifespan
from pedalcast.bots.dependencies import Bots
from pedalcast.bots.versions import endpoints as bot_versions
from pedalcast.bots.workflows import endpoints as bot_workflows
from pedalcast.chat.dry_runs import endpoints as dry_runs
from pedalcast.chat.widget import endpoints as widget
from pedalcast.chat.widget.widget_cors import WidgetCors
from pedalcast.chats import endpoints as chats_endpoints
from pedalcast.chats import guest_chat
from pedalcast.chats import lifespan as chats_lifespan
from pedalcast.chats.dependencies import Chats
from pedalcast.chats.export import endpoints as chat_export
from pedalcast.chats.providers import endpoints as providers
from pedalcast.database import errors as database_errors
from pedalcast.database import lifespan as database_lifespan
from pedalcast.database.engine import Database
from pedalcast.database.metrics import register_pool_metrics
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.web.closing_slash import ClosingSlash
from pedalcast.kit.web.cross_origin import CrossOrigin
from pedalcast.notices import endpoints as notices_endpoints
from pedalcast.notices import lifespan as notices_lifespan
from pedalcast.notices.service import NoticeService
from pedalcast.notifications import endpoints as notifications_endpoints
from pedalcast.notifications import lifespan as notifications_lifespan
from pedalcast.notifications.service import NotificationService
from pedalcast.reports import endpoints as reports_endpoints
from pedalcast.reports import lifespan as reports_lifespan
from pedalcast.reports.service import FaultReportService, StationExists
from pedalcast.settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    google.router,  # its /login/google goes before others below /login
    accounts_endpoints.router,
    api_tokens.router,
    audit.router,
    teams.router,
    favourites.router,
    guests.router,
    chats_endpoints.router,
    guest_chat.router,
    chat_export.router,
    providers.router,
    widget.router,
    bots_endpoints.router,
    bot_versions.router,
    bot_workflows.router,
    dry_runs.router,
    board_endpoints.router,
    notices_endpoints.router,
    notifications_endpoints.router,
    reports_endpoints.router,
    admin_endpoints.router,
)
EITHER_WAY = (
    "/api/v1/auth/",
    "/api/v1/triple/",
    "/api/v1/teams/",
    "/api/v1/favourites/",
    "/api/v1/alerts/",
    "/api/v1/admin/",
    "/api/v1/chatbot/",
    "/api/v1/bots/",
    "/api/v1/workflows/",
    "/api/v1/board/",
    "/api/v1/notices/",
    "/api/v1/notifications/",
    "/api/v1/reports/",
    "/api/v1/documents/",
)


@dataclass(frozen=True, slots=True)
class People:
    """The services, and the settings they were built from."""

    settings: Settings
    database: Database
    accounts: Accounts
    chats: Chats
    bots: Bots
    board: BoardService
    notices: NoticeService
    notifications: NotificationService
    reports: FaultReportService
    events: Broadcaster
    limiter: RateLimiter

    @asynccontextmanager
    async def start(self) -> AsyncIterator[None]:
        """Open the database with this version's schema, then start each domain. Raises `SchemaError`."""
        async with AsyncExitStack() as stack:
            migrate = self.settings.database_migrate
            await stack.enter_async_context(database_lifespan.start(self.database, migrate=migrate))
            await stack.enter_async_context(accounts_lifespan.start(self.accounts))
            await stack.enter_async_context(chats_lifespan.start(self.chats))
            await stack.enter_async_context(notices_lifespan.start(self.notices, self.events))
            await stack.enter_async_context(notifications_lifespan.start(self.notifications))
            yield


def build_people(
    settings: Settings,
    redis_url: str,
    registry: CollectorRegistry,
    *,
    events: Broadcaster,
    station_exists: StationExists = lambda _: True,
) -> People:
    """The services, not yet connected. `events` are everybody's; `station_exists` judges ids of reported stations."""
    database = database_lifespan.build(settings)
    register_pool_metrics(database, registry)
    accounts = accounts_lifespan.build(settings, database, redis_url, AccountMetrics(registry))
    notifications = notifications_lifespan.build(accounts, events)
    bots = bots_lifespan.build(accounts, settings.chat_workflow_nodes)
    return People(
        settings=settings,
        database=database,
        accounts=accounts,
        chats=chats_lifespan.build(
            accounts, bots.service, settings.chat_retention, chats_lifespan.provider_config(settings)
        ),
        bots=bots,
        board=board_lifespan.build(accounts),
        notices=notices_lifespan.build(accounts),
        notifications=notifications,
        reports=reports_lifespan.build(accounts, notifications, station_exists),
        events=events,
        limiter=RateLimiter(accounts.redis, _limits(settings), accounts.metrics),
    )


def _limits(settings: Settings) -> dict[str, str]:
    """How often somebody may ask, by what for."""
    return {
        "all": settings.rate_limit,
        "login": settings.rate_limit_login,
        "reset": settings.rate_limit_reset,
        "chat": settings.rate_limit_chat,
        "widget": settings.rate_limit_widget,
        "upload": settings.rate_limit_upload,
    }


def fast_path_admission(people: People) -> LeasedAllowance | None:
    """What counts requests that are answered before any middleware, None where nothing is limited."""
    settings = people.settings
    if not settings.rate_limits:
        return None
    return LeasedAllowance(people.limiter, parse_networks(settings.trusted_proxies))


def install_people(app: FastAPI, people: People) -> None:
    """Add routers, error handlers and middlewares; before the request context is added, so that it is around them."""
    settings = people.settings
    for name in ("accounts", "chats", "bots", "board", "notices", "notifications", "reports"):
        setattr(app.state, name, getattr(people, name))
    app.state.trusted_proxies = parse_networks(settings.trusted_proxies)
    app.state.admin_gate = people.accounts
    app.state.attention = AttentionService(people.database)
    services = AdminServices(
        accounts=people.accounts,
        board=people.board,
        notices=people.notices,
        reports=people.reports,
        newest_jobs=lambda: app.state.models.jobs.newest(50),
    )
    AdminPages(app, services)
    database_errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    if settings.rate_limits:
        trusted = parse_networks(settings.trusted_proxies)
        app.add_middleware(RateLimits, limiter=people.limiter, accounts=people.accounts, trusted=trusted)
    app.add_middleware(WidgetCors, origins_of=people.bots.service.widget_origins)
    app.add_middleware(ClosingSlash, prefixes=EITHER_WAY)
    app.add_middleware(CrossOrigin, origins=people.accounts.allowed_origins)
