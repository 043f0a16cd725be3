"""What admins do with other people's accounts; each step is noted in the audit log, and takes effect at once."""

from __future__ import annotations

from collections.abc import Sequence

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.models import AuditEntry, User
from pedalcast.accounts.repository import UserRepository
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now, SessionService
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ConflictError, NotFoundError


class AdminService:
    """Roles, bans, and the log of them."""

    def __init__(self, database: Database, sessions: SessionService, now: Now) -> None:
        self._database = database
        self._sessions = sessions
        self._now = now

    async def change(self, admin: Caller, user_id: str, *, role: str | None, banned: bool | None) -> User:
        """Give a role, ban or unban; the user's sign-ins end. Raises `NotFoundError`, `ConflictError` for oneself."""
        if user_id == admin.user_id:
            raise ConflictError("Nobody changes their own role or ban.", "own_account")
        async with self._database.transaction() as session:
            user = await session.get(User, user_id)
            if user is None:
                raise NotFoundError("There is no such account.", "account_not_found")
            log = AuditRepository(session)
            if role is not None and role != user.role:
                user.role = role
                await log.record(admin.user_id, "account.role", user_id, role=role)
            if banned is not None and banned != (user.banned_at is not None):
                user.banned_at = self._now() if banned else None
                await log.record(admin.user_id, "account.ban" if banned else "account.unban", user_id)
        await self._sessions.close_all(user_id, "admin")
        if user.kind == "guest":
            await self._sessions.end_guest(user_id)
        return user

    async def users(self, words: str | None, limit: int, offset: int) -> tuple[Sequence[User], int]:
        """A page of the accounts whose address or name holds `words`, the newest first, and how many there are."""
        async with self._database.reading() as session:
            return await UserRepository(session).members(words, limit, offset)

    async def audit_log(self, limit: int, before: int | None) -> list[AuditEntry]:
        """The newest entries, or those older than the entry `before`."""
        async with self._database.reading() as session:
            return await AuditRepository(session).newest(limit, before)
