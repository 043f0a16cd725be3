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
from pedalcast.accounts.rate_limits.client_address import parse_networks
from pedalcast.accounts.rate_limits.middleware import RateLimits
from pedalcast.accounts.rate_limits.rate_limiter import RateLimiter
from pedalcast.accounts.teams import endpoints as teams
from pedalcast.board import endpoints as board_endpoints
from pedalcast.board import lifespan as board_lifespan
from pedalcast.board.service import BoardService
from pedalcast.chats import endpoints as chats_endpoints
from pedalcast.chats import guest_chat
from pedalcast.chats import lifespan as chats_lifespan
from pedalcast.chats.dependencies import Chats
from pedalcast.database import errors as database_errors
from pedalcast.database import lifespan as database_lifespan
from pedalcast.database.engine import Database
from pedalcast.database.metrics import register_pool_metrics
from pedalcast.kit.web.closing_slash import ClosingSlash
from pedalcast.kit.web.cross_origin import CrossOrigin
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
    board_endpoints.router,
)
EITHER_WAY = (
    "/api/v1/auth/",
    "/api/v1/triple/",
    "/api/v1/teams/",
    "/api/v1/favourites/",
    "/api/v1/alerts/",
    "/api/v1/admin/",
    "/api/v1/chatbot/",
    "/api/v1/board/",
)


@dataclass(frozen=True, slots=True)
class People:
    """The services, and the settings they were built from."""

    settings: Settings
    database: Database
    accounts: Accounts
    chats: Chats
    board: BoardService

    @asynccontextmanager
    async def start(self) -> AsyncIterator[None]:
        """Open the database with this version's schema, then start each domain. Raises `SchemaError`."""
        async with AsyncExitStack() as stack:
            migrate = self.settings.database_migrate
            await stack.enter_async_context(database_lifespan.start(self.database, migrate=migrate))
            await stack.enter_async_context(accounts_lifespan.start(self.accounts))
            await stack.enter_async_context(chats_lifespan.start(self.chats))
            yield


def build_people(settings: Settings, redis_url: str, registry: CollectorRegistry) -> People:
    """The services, not yet connected."""
    database = database_lifespan.build(settings)
    register_pool_metrics(database, registry)
    accounts = accounts_lifespan.build(settings, database, redis_url)
    chats = chats_lifespan.build(accounts, settings.chat_retention)
    return People(settings, database, accounts, chats, board_lifespan.build(accounts))


def install_people(app: FastAPI, people: People) -> None:
    """Add routers, error handlers and middlewares; before the request context is added, so that it is around them."""
    settings = people.settings
    app.state.accounts, app.state.chats, app.state.board = people.accounts, people.chats, people.board
    database_errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    if settings.rate_limits:
        limits = {
            "all": settings.rate_limit,
            "login": settings.rate_limit_login,
            "reset": settings.rate_limit_reset,
            "chat": settings.rate_limit_chat,
            "upload": settings.rate_limit_upload,
        }
        app.add_middleware(
            RateLimits,
            limiter=RateLimiter(people.accounts.redis, limits),
            accounts=people.accounts,
            trusted=parse_networks(settings.trusted_proxies),
        )
    app.add_middleware(ClosingSlash, prefixes=EITHER_WAY)
    app.add_middleware(CrossOrigin, origins=people.accounts.allowed_origins)
