"""Exports, moves and deletes everything of a person, domain by domain."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
import structlog
from sqlalchemy import select

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.models import Deletion, User
from pedalcast.accounts.ownership.owned_data import OwnedData
from pedalcast.accounts.sessions.service import Now, SessionService
from pedalcast.database.engine import Database

log = structlog.get_logger(__name__)


class OwnershipService:
    """Knows every domain's `OwnedData`. A deletion notes each step it has done, so that it can go on after a stop."""

    def __init__(self, database: Database, sessions: SessionService, now: Now) -> None:
        self._database = database
        self._sessions = sessions
        self._now = now
        self._owned: list[OwnedData] = []

    def add(self, part: OwnedData) -> None:
        """Take a domain in, at start."""
        self._owned.append(part)

    async def export(self, user_id: str) -> bytes:
        """A ZIP archive of JSON files: everything that is theirs."""
        files: dict[str, Any] = {}
        async with self._database.reading() as session:
            for part in self._owned:
                files |= await part.export(session, user_id)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"{name}.json", orjson.dumps(content, option=orjson.OPT_INDENT_2))
        return buffer.getvalue()

    async def take_over(self, guest_id: str, user_id: str) -> bool:
        """Give what a guest kept to an account, and end the guest; false when there is no such guest."""
        async with self._database.transaction() as session:
            guest = await session.get(User, guest_id)
            if guest is None or guest.kind != "guest" or guest.expires_at is None or guest.expires_at <= self._now():
                return False
            for part in self._owned:
                await part.move(session, guest_id, user_id)
            await session.delete(guest)
        await self._sessions.end_guest(guest_id)
        return True

    async def request_deletion(self, user_id: str) -> None:
        """Close the account at once; `finish_deletions` removes what is theirs."""
        now = self._now()
        async with self._database.transaction() as session:
            user = await session.get(User, user_id)
            if user is not None and user.deleting_at is None:
                user.deleting_at = now
                session.add(Deletion(user_id=user_id, requested_at=now, steps=[]))
                await AuditRepository(session).record(user_id, "account.delete", user_id)
        await self._sessions.close_all(user_id, "deleted")

    async def finish_deletions(self) -> int:
        """Go on with every deletion that has not ended; how many ended."""
        async with self._database.reading() as session:
            ids = (await session.scalars(select(Deletion.user_id).where(Deletion.finished_at.is_(None)))).all()
        for user_id in ids:
            for part in self._owned:
                await self._step(user_id, part)
            await self._remove_user(user_id)
        return len(ids)

    async def remove_guest(self, user_id: str) -> None:
        """Remove a guest and everything of theirs."""
        async with self._database.transaction() as session:
            for part in self._owned:
                await part.remove(session, user_id)
            user = await session.get(User, user_id)
            if user is not None and user.kind == "guest":
                await session.delete(user)

    async def _step(self, user_id: str, part: OwnedData) -> None:
        async with self._database.transaction() as session:
            deletion = await session.get(Deletion, user_id)
            if deletion is None or part.name in deletion.steps:
                return
            await part.remove(session, user_id)
            deletion.steps = [*deletion.steps, part.name]

    async def _remove_user(self, user_id: str) -> None:
        async with self._database.transaction() as session:
            user, deletion = await session.get(User, user_id), await session.get(Deletion, user_id)
            if user is not None:
                await session.delete(user)
            if deletion is not None:
                deletion.finished_at = self._now()
        log.info("account deleted", user_id=user_id)
