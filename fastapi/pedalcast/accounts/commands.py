"""What the command line does with accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.links import LinkService, Purpose
from pedalcast.accounts.credentials.naming import normal_email
from pedalcast.accounts.credentials.passwords import PasswordHasher, check_password
from pedalcast.accounts.errors import AccountCommandError, WeakPasswordError
from pedalcast.accounts.models import User, new_user_id
from pedalcast.accounts.operator import operator_link
from pedalcast.accounts.repository import UserRepository
from pedalcast.database import lifespan
from pedalcast.database.engine import Database
from pedalcast.settings import Settings

T = TypeVar("T")


def make_admin(settings: Settings, email: str, password: str) -> None:
    """Have an admin with this address and password. Raises `AccountCommandError`."""
    try:
        check_password(password, email)
    except WeakPasswordError as error:
        raise AccountCommandError(error.message) from None
    _on_database(settings, lambda database: _make_admin(database, normal_email(email), password))


async def _make_admin(database: Database, email: str, password: str) -> None:
    password_hash, now = await PasswordHasher().hash(password), datetime.now(UTC)
    async with database.transaction() as session:
        users = UserRepository(session)
        user = await users.by_email(email)
        if user is None:
            user = await users.add(
                User(id=new_user_id(), kind="member", role="admin", email=email, preferences={}, created_at=now)
            )
        user.role, user.password_hash, user.email_confirmed_at = "admin", password_hash, now
        await AuditRepository(session).record(None, "account.role", user.id, role="admin")


def make_link(settings: Settings, email: str, purpose: Purpose) -> str:
    """A link for whoever has this address. Raises `AccountCommandError`."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    links = LinkService(base, lambda: datetime.now(UTC))
    return _on_database(settings, lambda database: _make_link(database, links, normal_email(email), purpose))


async def _make_link(database: Database, links: LinkService, email: str, purpose: Purpose) -> str:
    async with database.transaction() as session:
        user = await UserRepository(session).by_email(email)
        if user is None:
            raise AccountCommandError("there is no account with this address")
        await AuditRepository(session).record(None, "account.link-created", user.id, purpose=purpose)
        return await links.create(session, user, purpose)


def make_operator_link(settings: Settings, base: str) -> str:
    """A link below the address `base` that signs in as the operator, once, within thirty minutes."""
    links = LinkService(base, lambda: datetime.now(UTC))
    return _on_database(settings, lambda database: operator_link(database, links))


def _on_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = lifespan.build(settings)
        async with lifespan.start(database, migrate=settings.database_migrate):
            return await work(database)

    return asyncio.run(run())
