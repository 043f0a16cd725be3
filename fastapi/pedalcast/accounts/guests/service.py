"""Makes guests, keeps their sessions alive, and says when one has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from pedalcast.accounts.errors import SessionExpiredError
from pedalcast.accounts.models import User, new_user_id
from pedalcast.accounts.repository import UserRepository
from pedalcast.accounts.sessions.service import Now, SessionService
from pedalcast.database.engine import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GuestIdentity:
    """A guest's id, which anybody may know, and the token that proves it."""

    user_id: str
    token: str


class GuestService:
    """A guest's session lives `idle` after its last activity, in Redis and in the database alike."""

    def __init__(self, database: Database, sessions: SessionService, idle: timedelta, now: Now) -> None:
        self._database = database
        self._sessions = sessions
        self._idle = idle
        self._now = now

    async def create(self) -> GuestIdentity:
        """A new guest."""
        now = self._now()
        user = User(
            id=new_user_id(), kind="guest", role="member", preferences={}, created_at=now, expires_at=now + self._idle
        )
        async with self._database.transaction() as session:
            await UserRepository(session).add(user)
        await self._sessions.keep_guest(user)
        log.info("guest created", user_id=user.id)
        return GuestIdentity(user.id, self._sessions.access_of_guest(user))

    async def renew(self, user_id: str) -> GuestIdentity:
        """The same guest, alive for longer. Raises `SessionExpiredError`."""
        return GuestIdentity(user_id, self._sessions.access_of_guest(await self.touch(user_id)))

    async def touch(self, user_id: str) -> User:
        """Note activity: the session lives on. Raises `SessionExpiredError` when it has ended or is nobody's."""
        now = self._now()
        async with self._database.transaction() as session:
            users = UserRepository(session)
            if not await users.prolong_guest(user_id, now + self._idle, now):
                raise SessionExpiredError
            user = await users.get(user_id)
        assert user is not None  # noqa: S101 (it was changed just now)
        await self._sessions.keep_guest(user)
        return user
