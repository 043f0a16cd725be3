"""The operator's account: it owns the token of `ADMIN_TOKEN`, and the embedded run signs its owner in with it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.links import LinkService
from pedalcast.accounts.models import User
from pedalcast.accounts.sessions.caller import OPERATOR_ID
from pedalcast.database.engine import Database


async def ensure_operator(accounts: Accounts) -> None:
    """Have the account, and its token where `ADMIN_TOKEN` is set."""
    user = await _operator(accounts.database)
    if accounts.admin_token is not None:
        await accounts.api_tokens.ensure(user, "ADMIN_TOKEN", accounts.admin_token, ["admin"])


async def operator_link(database: Database, links: LinkService) -> str:
    """A one-time link that signs in as the operator."""
    user = await _operator(database)
    async with database.transaction() as session:
        await AuditRepository(session).record(None, "account.link-created", user.id, purpose="login")
        return await links.create(session, user, "login")


async def _operator(database: Database) -> User:
    async with database.reading() as session:
        user = await session.get(User, OPERATOR_ID)
    if user is not None:
        return user
    user = User(
        id=OPERATOR_ID, kind="member", role="admin", username=OPERATOR_ID, username_key=OPERATOR_ID, preferences={},
        created_at=datetime.now(UTC),
    )  # fmt: skip
    try:
        async with database.transaction() as session:
            session.add(user)
    except IntegrityError:  # another replica was first
        pass
    return user
