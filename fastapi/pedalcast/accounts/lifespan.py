"""Builds accounts out of the settings, and runs what they do in the background."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.api_tokens.service import ApiTokenService
from pedalcast.accounts.audit.service import AdminService
from pedalcast.accounts.credentials.links import LinkService
from pedalcast.accounts.credentials.mail import Mailer
from pedalcast.accounts.credentials.passwords import PasswordHasher
from pedalcast.accounts.favourites.service import FavouriteService
from pedalcast.accounts.google.openid_client import OpenIdClient
from pedalcast.accounts.google.service import GoogleService
from pedalcast.accounts.guests.service import GuestService
from pedalcast.accounts.metrics import AccountMetrics
from pedalcast.accounts.operator import ensure_operator
from pedalcast.accounts.ownership.account_data import AccountData
from pedalcast.accounts.ownership.expiry import ExpiryService
from pedalcast.accounts.ownership.service import OwnershipService
from pedalcast.accounts.service import AccountParts, AccountService
from pedalcast.accounts.sessions.access_token import AccessTokenCodec
from pedalcast.accounts.sessions.service import SessionService
from pedalcast.accounts.sessions.session_store import SessionStore
from pedalcast.accounts.teams.service import TeamService
from pedalcast.database.engine import Database
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.kit.redis_connection import connect_async
from pedalcast.settings import Settings

KEY_FILE = "jwt-key"
CLEAN_EVERY_S = 3600.0
log = structlog.get_logger(__name__)


def now() -> datetime:
    """The time in UTC; accounts live by the wall clock, whatever clock the feed is on."""
    return datetime.now(UTC)


def build(settings: Settings, database: Database, redis_url: str, metrics: AccountMetrics) -> Accounts:
    """The services, not yet connected."""
    client = connect_async(redis_url, socket_timeout=2.0, socket_connect_timeout=1.0)
    codec = AccessTokenCodec(signing_key(settings))
    sessions = SessionService(database, SessionStore(client), codec, now)
    public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    links = LinkService(public_url, now)
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    hasher, mailer = PasswordHasher(), Mailer(smtp_url, settings.mail_from)
    account_parts = AccountParts(
        database=database, sessions=sessions, hasher=hasher, links=links, mailer=mailer, metrics=metrics, now=now
    )
    ownership = OwnershipService(database, sessions, now)
    ownership.add(AccountData())
    return Accounts(
        database=database,
        redis=client,
        account=AccountService(account_parts),
        metrics=metrics,
        sessions=sessions,
        guests=GuestService(database, sessions, timedelta(minutes=settings.guest_minutes), now),
        api_tokens=ApiTokenService(database, now),
        teams=TeamService(database, now),
        favourites=FavouriteService(database, now),
        google=GoogleService(_openid(settings), database, client, sessions, now),
        ownership=ownership,
        expiry=ExpiryService(database, ownership, now),
        admin=AdminService(database, sessions, now),
        links=links,
        hasher=hasher,
        mailer=mailer,
        public_url=settings.public_url,
        allowed_origins=frozenset(part.strip() for part in settings.cors_origins.split(",") if part.strip()),
        admin_token=settings.admin_token.get_secret_value() if settings.admin_token else None,
    )


def _openid(settings: Settings) -> OpenIdClient | None:
    if settings.google_client_id is None or settings.google_client_secret is None:
        return None
    secret = settings.google_client_secret.get_secret_value()
    return OpenIdClient(settings.google_issuer, settings.google_client_id, secret)


def signing_key(settings: Settings) -> str:
    """`JWT_SECRET_KEY`; outside production, without it, a key kept in the data folder."""
    if settings.jwt_secret_key is not None:
        return settings.jwt_secret_key.get_secret_value()
    path = Path(settings.data_dir) / KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


@asynccontextmanager
async def start(accounts: Accounts) -> AsyncIterator[None]:
    """Have the operator's account, go on with deletions, and remove what has expired, now and every hour."""
    await ensure_operator(accounts)
    cleaning = asyncio.create_task(_keep_clean(accounts))
    try:
        yield
    finally:
        cleaning.cancel()
        await asyncio.wait({cleaning})
        accounts.hasher.close()
        await accounts.redis.aclose()


async def _keep_clean(accounts: Accounts) -> None:
    while True:
        try:
            await accounts.ownership.finish_deletions()
            await accounts.expiry.remove_expired()
        except (DatabaseUnavailableError, DBAPIError) as error:
            log.warning("database unavailable, expired accounts not removed", error=type(error).__name__)
        await asyncio.sleep(CLEAN_EVERY_S)
