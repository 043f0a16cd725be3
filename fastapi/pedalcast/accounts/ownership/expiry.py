"""Removes what has expired: guests with all that is theirs, sign-ins, links."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from pedalcast.accounts.models import SingleUseLink, User
from pedalcast.accounts.ownership.service import OwnershipService
from pedalcast.accounts.sessions.repository import LoginSessionRepository
from pedalcast.accounts.sessions.service import Now
from pedalcast.database.engine import Database

GRACE = timedelta(days=1)
BATCH = 500


class ExpiryService:
    """Called every hour; what it does is safe to do twice, and on several replicas."""

    def __init__(self, database: Database, ownership: OwnershipService, now: Now) -> None:
        self._database = database
        self._ownership = ownership
        self._now = now

    async def remove_expired(self) -> int:
        """Remove what expired a day ago; the number of guests removed."""
        before = self._now() - GRACE
        async with self._database.transaction() as session:
            await LoginSessionRepository(session).remove_expired(before)
            await session.execute(
                delete(SingleUseLink)
                .where(SingleUseLink.expires_at < before)
                .execution_options(synchronize_session=False)
            )
        async with self._database.reading() as session:
            query = select(User.id).where(User.kind == "guest", User.expires_at < before).limit(BATCH)
            guests = (await session.scalars(query)).all()
        for user_id in guests:
            await self._ownership.remove_guest(user_id)
        return len(guests)
