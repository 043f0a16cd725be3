"""The operator's account: it owns the token of `ADMIN_TOKEN`, and the embedded run signs its owner in with it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.models import User
from pedalcast.accounts.sessions.caller import Caller

OPERATOR_ID = "operator"
OPERATOR = Caller(OPERATOR_ID, "member", "admin", None, frozenset({"admin"}))


async def ensure_operator(accounts: Accounts) -> None:
    """Have the account, and its token where `ADMIN_TOKEN` is set."""
    user = await _operator(accounts)
    if accounts.admin_token is not None:
        await accounts.api_tokens.ensure(user, "ADMIN_TOKEN", accounts.admin_token, ["admin"])


async def operator_link(accounts: Accounts) -> str:
    """A one-time link that signs in as the operator."""
    user = await _operator(accounts)
    async with accounts.database.transaction() as session:
        await AuditRepository(session).record(None, "account.link-created", user.id)
        return await accounts.links.create(session, user, "login")


async def _operator(accounts: Accounts) -> User:
    async with accounts.database.reading() as session:
        user = await session.get(User, OPERATOR_ID)
    if user is not None:
        return user
    user = User(
        id=OPERATOR_ID, kind="member", role="admin", username=OPERATOR_ID, username_key=OPERATOR_ID, preferences={},
        created_at=datetime.now(UTC),
    )  # fmt: skip
    try:
        async with accounts.database.transaction() as session:
            session.add(user)
    except IntegrityError:  # another replica was first
        pass
    return user
