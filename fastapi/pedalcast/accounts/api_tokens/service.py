"""Makes, checks and revokes programs' tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from pedalcast.accounts.api_tokens.repository import ApiTokenRepository
from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.passwords import new_token, token_hash
from pedalcast.accounts.errors import AccessTokenError
from pedalcast.accounts.models import ApiToken, User
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ForbiddenError, NotFoundError

PREFIX = "pcat_"
USED_EVERY = timedelta(minutes=1)  # how exact `last_used_at` is


class ApiTokenService:
    """A token acts as its owner, within its scopes."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def create(
        self, caller: Caller, name: str, scopes: Collection[str], days: int | None
    ) -> tuple[ApiToken, str]:
        """The row, and the token itself. Raises `ForbiddenError` for a scope its owner has not."""
        if "admin" in scopes and not caller.is_admin:
            raise ForbiddenError("Only an admin makes a token with the scope admin.")
        if caller.scopes is not None and not set(scopes) <= caller.scopes:
            raise ForbiddenError("A token cannot make one with more scopes than its own.")
        now, token = self._now(), new_token(PREFIX)
        expires = None if days is None else now + timedelta(days=days)
        row = _row(caller.user_id, name, token, scopes, now)
        row.expires_at = expires
        async with self._database.transaction() as session:
            await ApiTokenRepository(session).add(row)
            await AuditRepository(session).record(
                caller.user_id, "token.create", str(row.id), name=name, scopes=sorted(scopes)
            )
        return row, token

    async def ensure(self, user: User, name: str, token: str, scopes: Collection[str]) -> None:
        """Have this very token for a user, as the embedded run does with the admin token."""
        async with self._database.transaction() as session:
            tokens = ApiTokenRepository(session)
            if await tokens.by_hash(token_hash(token)) is None:  # a revoked one stays revoked
                await tokens.add(_row(user.id, name, token, scopes, self._now()))

    async def identify(self, token: str) -> Caller:
        """Who acts by this token. Raises `AccessTokenError`."""
        now = self._now()
        async with self._database.reading() as session:
            live = await ApiTokenRepository(session).live(token_hash(token), now)
        if live is None:
            raise AccessTokenError
        row, user = live
        if row.last_used_at is None or now - row.last_used_at > USED_EVERY:
            async with self._database.transaction() as session:
                used = await session.get(ApiToken, row.id)
                if used is not None:
                    used.last_used_at = now
        return Caller(user.id, user.kind, user.role, None, frozenset(row.scopes))

    async def of_caller(self, caller: Caller) -> list[ApiToken]:
        """The caller's tokens."""
        async with self._database.reading() as session:
            return await ApiTokenRepository(session).of_user(caller.user_id)

    async def revoke(self, caller: Caller, token_id: int) -> None:
        """Make a token of the caller useless. Raises `NotFoundError`, for another's too."""
        async with self._database.transaction() as session:
            if not await ApiTokenRepository(session).revoke(token_id, caller.user_id, self._now()):
                raise NotFoundError(f"There is no token {token_id}.", "token_not_found")
            await AuditRepository(session).record(caller.user_id, "token.revoke", str(token_id))


def _row(user_id: str, name: str, token: str, scopes: Collection[str], now: datetime) -> ApiToken:
    return ApiToken(
        user_id=user_id, name=name, prefix=token[:9], token_hash=token_hash(token), scopes=sorted(scopes),
        created_at=now,
    )  # fmt: skip
