"""Notes in the audit log from endpoints that run in threads, such as those of models and jobs."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import structlog
from anyio import from_thread
from fastapi import Depends
from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.dependencies import AccountsDep
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.kit.dependencies import AdminId

log = structlog.get_logger(__name__)


class AuditNote:
    """Notes what one admin has done. The deed is done by then: a database that is away costs the note, not the deed."""

    def __init__(self, accounts: Accounts, admin_id: str) -> None:
        self._accounts = accounts
        self._admin_id = admin_id

    def __call__(self, action: str, target: str | None = None, **details: Any) -> None:
        """Note it; from a worker thread of the event loop."""
        log.info("admin action", admin=self._admin_id, action=action, target=target)
        from_thread.run(partial(self._record, action, target, details))

    async def _record(self, action: str, target: str | None, details: dict[str, Any]) -> None:
        try:
            async with self._accounts.database.transaction() as session:
                await AuditRepository(session).record(self._admin_id, action, target, **details)
        except (DatabaseUnavailableError, DBAPIError) as error:
            log.warning("database unavailable, audit entry not stored", action=action, error=type(error).__name__)


def _note(accounts: AccountsDep, admin_id: AdminId) -> AuditNote:
    return AuditNote(accounts, admin_id)


AuditNoteDep = Annotated[AuditNote, Depends(_note)]
