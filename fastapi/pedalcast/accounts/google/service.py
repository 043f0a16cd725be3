"""Signs people in by their Google account, and links it to the account they have."""

from __future__ import annotations

import orjson
import redis.asyncio
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.naming import normal_email
from pedalcast.accounts.errors import CredentialsError
from pedalcast.accounts.google.openid_client import OpenIdClient, OpenIdError, OpenIdIdentity, PendingSignIn
from pedalcast.accounts.models import LinkedIdentity, User, new_user_id
from pedalcast.accounts.repository import UserRepository
from pedalcast.accounts.sessions.service import Now, SessionService, SignedIn
from pedalcast.accounts.sessions.session_store import AWAY
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ConflictError, NotFoundError, UnavailableError

PENDING_S = 600
PROVIDER = "google"
log = structlog.get_logger(__name__)


class GoogleService:
    """What is remembered between sending away and coming back lies in Redis, `account:openid:{state}`."""

    def __init__(
        self, client: OpenIdClient | None, database: Database, store: redis.asyncio.Redis, sessions: SessionService,
        now: Now,
    ) -> None:  # fmt: skip
        self._client = client
        self._database = database
        self._redis = store
        self._sessions = sessions
        self._now = now

    @property
    def client(self) -> OpenIdClient:
        """The provider. Raises `NotFoundError` where sign-in with Google is not set up."""
        if self._client is None:
            raise NotFoundError("Sign-in with Google is not set up here.", "google_not_configured")
        return self._client

    async def begin(self, redirect_uri: str) -> tuple[str, str]:
        """The address to send somebody to, and the state their browser keeps as a cookie."""
        url, pending = await self.client.begin(redirect_uri)
        body = orjson.dumps({"nonce": pending.nonce, "verifier": pending.verifier, "redirect_uri": redirect_uri})
        try:
            await self._redis.set(_key(pending.state), body, ex=PENDING_S)
        except AWAY as error:
            raise UnavailableError("The sign-in cannot begin now.", "redis_unavailable") from error
        return url, pending.state

    async def finish(self, state: str, cookie_state: str | None, code: str) -> SignedIn:
        """Sign in whoever came back. Raises `OpenIdError`, `ConflictError`, `UnavailableError`.

        The state must be the one this browser was sent away with, and works once.
        """
        if state != cookie_state:
            raise OpenIdError
        try:
            body = await self._redis.getdel(_key(state))
        except AWAY as error:
            raise UnavailableError("The sign-in cannot end now.", "redis_unavailable") from error
        if body is None:
            raise OpenIdError
        identity = await self.client.finish(PendingSignIn(state=state, **orjson.loads(body)), code)
        return await self._sessions.open(await self._account(identity))

    async def _account(self, identity: OpenIdIdentity) -> User:
        try:
            async with self._database.transaction() as session:
                users = UserRepository(session)
                user = await users.by_identity(PROVIDER, identity.subject)
                user = user or await self._link_or_create(session, users, identity)
        except IntegrityError:  # the same person in two windows at once
            raise OpenIdError from None
        if not user.is_active:
            raise CredentialsError
        return user

    async def _link_or_create(self, session: AsyncSession, users: UserRepository, identity: OpenIdIdentity) -> User:
        """Link to the account with this address only when both sides confirmed it; else open a new account."""
        now, email = self._now(), normal_email(identity.email) if identity.email else None
        user = await users.by_email(email) if email else None
        if user is not None and not (identity.email_verified and user.email_confirmed_at is not None):
            raise ConflictError(
                "There is an account with this address that was not confirmed; sign in with its password.",
                "account_not_linked",
            )
        if user is None:
            verified = email is not None and identity.email_verified
            user = User(
                id=new_user_id(), kind="member", role="member", email=email if verified else None,
                email_confirmed_at=now if verified else None, preferences={}, created_at=now,
            )  # fmt: skip
            await users.add(user)
        session.add(LinkedIdentity(provider=PROVIDER, subject=identity.subject, user_id=user.id, linked_at=now))
        await AuditRepository(session).record(user.id, "account.link", PROVIDER)
        return user


def _key(state: str) -> str:
    return f"account:openid:{state}"
