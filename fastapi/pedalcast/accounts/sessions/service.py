"""Opens, refreshes, checks and ends sign-ins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from pedalcast.accounts.credentials.passwords import new_token, token_hash
from pedalcast.accounts.errors import AccessTokenError, RefreshTokenError, SessionExpiredError
from pedalcast.accounts.models import LoginSession, RefreshToken, User
from pedalcast.accounts.sessions.access_token import AccessClaims, AccessTokenCodec
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.repository import LoginSessionRepository, RefreshTokenRepository
from pedalcast.accounts.sessions.session_store import AWAY, LiveSession, SessionStore
from pedalcast.database.engine import Database

REFRESH_LIFE = timedelta(days=7)
Now = Callable[[], datetime]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gives: both tokens, who it is, and for admins the cookie of the admin view."""

    user: User
    access: str
    refresh: str
    admin_cookie: str | None = None


class SessionService:
    """A sign-in is a row (its family of refresh tokens) and a key in Redis (which ends its access tokens)."""

    def __init__(self, database: Database, store: SessionStore, codec: AccessTokenCodec, now: Now) -> None:
        self._database = database
        self._store = store
        self._codec = codec
        self._now = now

    async def open(self, user: User) -> SignedIn:
        """Sign somebody in."""
        now = self._now()
        row = LoginSession(id=uuid4().hex, user_id=user.id, created_at=now, expires_at=now + REFRESH_LIFE)
        async with self._database.transaction() as session:
            await LoginSessionRepository(session).add(row)
            refresh = await self._issue_refresh(RefreshTokenRepository(session), row, now)
        await self._remember(row, user)
        return self._signed_in(row, user, refresh)

    async def refresh(self, token: str) -> SignedIn:
        """New tokens for an unused refresh token; a used one revokes the whole sign-in. Raises `RefreshTokenError`."""
        now, digest = self._now(), token_hash(token)
        async with self._database.transaction() as session:
            tokens = RefreshTokenRepository(session)
            stored = await tokens.get(digest)
            row = await session.get(LoginSession, stored.session_id) if stored else None
            user = await session.get(User, row.user_id) if row else None
            if stored is None or row is None or user is None:
                raise RefreshTokenError
            reused = not await tokens.use(digest, now)
            if reused:
                await LoginSessionRepository(session).revoke(row.id, "reuse", now)
            valid = not reused and row.revoked_at is None and min(stored.expires_at, row.expires_at) > now
            if valid and user.is_active:
                row.expires_at = now + REFRESH_LIFE
                new = await self._issue_refresh(tokens, row, now)
        if not (valid and user.is_active):
            await self._forget(row.id)
            if reused:
                log.warning("refresh token used twice, sign-in revoked", user_id=row.user_id)
            raise RefreshTokenError
        await self._remember(row, user)
        return self._signed_in(row, user, new)

    async def admin_of_cookie(self, cookie: str) -> Caller | None:
        """The admin whose sign-in this cookie of the admin view belongs to, None where it has ended.

        None also while Redis is away: nobody could end the sign-in then.
        """
        session_id = self._codec.unseal(cookie)
        if session_id is None:
            return None
        try:
            live = await self._store.get(session_id)
        except AWAY as error:
            log.warning("redis unavailable, admin not identified", error=type(error).__name__)
            return None
        if live is None or live.role != "admin":
            return None
        return Caller(live.user_id, live.kind, live.role, session_id)

    async def identify(self, token: str) -> Caller:
        """Who holds this access token. Raises `AccessTokenError`, `SessionExpiredError`.

        A session that Redis does not have is looked up in the database, for Redis may have lost it, or was away when it
        began. Without Redis a signed token of a member is good until it expires; a guest's is judged by the database.
        """
        claims = self._codec.decode(token, self._now())
        try:
            live = await self._store.get(claims.session_id) or await self._restored(claims)
        except AWAY as error:
            log.warning("redis unavailable, session not checked", error=type(error).__name__)
            live = await self._without_redis(claims)
        if live is None:
            raise SessionExpiredError
        if live.user_id != claims.user_id:
            raise AccessTokenError
        return Caller(live.user_id, live.kind, live.role, claims.session_id)

    async def close(self, session_id: str) -> None:
        """Sign out."""
        async with self._database.transaction() as session:
            await LoginSessionRepository(session).revoke(session_id, "logout", self._now())
        await self._forget(session_id)

    async def close_by_refresh(self, token: str) -> None:
        """Sign out whoever holds this refresh token; an unknown one changes nothing."""
        async with self._database.reading() as session:
            stored = await RefreshTokenRepository(session).get(token_hash(token))
        if stored is not None:
            await self.close(stored.session_id)

    async def close_all(self, user_id: str, reason: str, *, but: str | None = None) -> None:
        """Sign a user out everywhere, except for the session `but`."""
        async with self._database.transaction() as session:
            ids = await LoginSessionRepository(session).revoke_all(user_id, reason, self._now(), but=but)
        for session_id in ids:
            await self._forget(session_id)

    def access_of_guest(self, user: User) -> str:
        """A guest's token; its session bears the guest's own id."""
        return self._codec.encode(AccessClaims(user.id, user.id, "guest", "member"), self._now())

    async def keep_guest(self, user: User) -> None:
        """Let a guest's session live as long as its row says: the key's end is `expires_at`."""
        assert user.expires_at is not None  # noqa: S101 (a guest's is set)
        try:
            await self._store.put(user.id, LiveSession(user.id, "guest", user.role), user.expires_at)
        except AWAY as error:
            log.warning("redis unavailable, guest session not stored", error=type(error).__name__)

    async def end_guest(self, user_id: str) -> None:
        """End a guest's session."""
        await self._forget(user_id)

    def claims(self, token: str) -> AccessClaims:
        """What a token says, by its signature alone. Raises `AccessTokenError`."""
        return self._codec.decode(token, self._now())

    async def _without_redis(self, claims: AccessClaims) -> LiveSession | None:
        if claims.kind != "guest":
            return LiveSession(claims.user_id, claims.kind, claims.role)
        row = await self._in_database(claims)
        return row and row[0]

    async def _restored(self, claims: AccessClaims) -> LiveSession | None:
        """The session as the database has it, in Redis again; None where it has ended."""
        row = await self._in_database(claims)
        if row is None:
            return None
        live, expires_at = row
        await self._store.put(claims.session_id, live, expires_at)
        return live

    async def _in_database(self, claims: AccessClaims) -> tuple[LiveSession, datetime] | None:
        """Whose session it is and until when; None where it was ended, has expired, or is nobody's any more."""
        async with self._database.reading() as session:
            user = await session.get(User, claims.user_id)
            if user is None or not user.is_active:
                return None
            expires_at = user.expires_at
            if user.kind != "guest":
                row = await session.get(LoginSession, claims.session_id)
                ended = row is None or row.user_id != user.id or row.revoked_at is not None
                expires_at = None if row is None or ended else row.expires_at
        if expires_at is None or expires_at <= self._now():
            return None
        return LiveSession(user.id, user.kind, user.role), expires_at

    async def _issue_refresh(self, tokens: RefreshTokenRepository, row: LoginSession, now: datetime) -> str:
        token = new_token()
        stored = RefreshToken(
            token_hash=token_hash(token), session_id=row.id, created_at=now, expires_at=now + REFRESH_LIFE
        )
        await tokens.add(stored)
        return token

    def _signed_in(self, row: LoginSession, user: User, refresh: str) -> SignedIn:
        cookie = self._codec.seal(row.id) if user.role == "admin" else None
        return SignedIn(user, self._access(row.id, user), refresh, cookie)

    def _access(self, session_id: str, user: User) -> str:
        return self._codec.encode(AccessClaims(user.id, session_id, user.kind, user.role), self._now())

    async def _remember(self, row: LoginSession, user: User) -> None:
        try:
            await self._store.put(row.id, LiveSession(user.id, user.kind, user.role), row.expires_at)
        except AWAY as error:
            log.warning("redis unavailable, session not stored", error=type(error).__name__)

    async def _forget(self, session_id: str) -> None:
        try:
            await self._store.end(session_id)
        except AWAY as error:
            log.warning("redis unavailable, session not ended there", error=type(error).__name__)
