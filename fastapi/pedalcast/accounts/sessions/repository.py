"""Sign-ins and refresh tokens in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from pedalcast.accounts.models import LoginSession, RefreshToken
from pedalcast.database.repository import BaseRepository


class LoginSessionRepository(BaseRepository[LoginSession]):
    """Sign-ins."""

    model = LoginSession

    async def revoke(self, session_id: str, reason: str, now: datetime) -> None:
        """End one sign-in, unless it has ended."""
        await self.change(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=reason)
        )

    async def revoke_all(self, user_id: str, reason: str, now: datetime, *, but: str | None = None) -> list[str]:
        """End every sign-in of a user, except `but`; the ids of those that were live."""
        live = select(LoginSession.id).where(
            LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None), LoginSession.id != (but or "")
        )
        ids = list((await self.session.scalars(live)).all())
        await self.change(
            update(LoginSession).where(LoginSession.id.in_(ids)).values(revoked_at=now, revoked_because=reason)
        )
        return ids

    async def remove_expired(self, before: datetime) -> int:
        """Remove sign-ins that ended before this time, with their tokens; how many."""
        return await self.change(delete(LoginSession).where(LoginSession.expires_at < before))


class RefreshTokenRepository(BaseRepository[RefreshToken]):
    """Refresh tokens."""

    model = RefreshToken

    async def use(self, token_hash: str, now: datetime) -> bool:
        """Mark a token as used; false when another request was first, or it had been used."""
        changed = await self.change(
            update(RefreshToken)
            .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
            .values(used_at=now)
        )
        return changed == 1
