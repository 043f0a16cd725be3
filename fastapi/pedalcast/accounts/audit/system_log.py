"""Entries in the audit log for what the service does by itself, from its background threads."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.database.engine import Database

log = structlog.get_logger(__name__)


class SystemAuditLog:
    """Notes deeds of no account. To be made on the event loop that the database's connections belong to.

    The deed is done by then: a database that is away costs the entry, which is logged, not the deed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()

    def record(self, action: str, target: str | None = None, **details: Any) -> None:
        """Note it soon; from any thread. `details` must hold no secret."""
        log.info("system action", action=action, target=target)
        entry = self._record(action, target, details)
        future = asyncio.run_coroutine_threadsafe(entry, self._loop)
        future.add_done_callback(partial(_log_failure, action))

    async def _record(self, action: str, target: str | None, details: dict[str, Any]) -> None:
        async with self._database.transaction() as session:
            await AuditRepository(session).record(None, action, target, **details)


def _log_failure(action: str, future: Any) -> None:
    error = None if future.cancelled() else future.exception()
    if future.cancelled() or error is not None:
        log.warning("audit entry not stored", action=action, error=type(error).__name__)
