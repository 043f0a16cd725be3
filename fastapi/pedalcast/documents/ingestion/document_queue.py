"""The documents that wait for a worker, and the rows' changes by whoever works on one.

A claim is one conditional UPDATE: it takes a lease by the database's clock and raises the row's fence. Every later
write of the worker names that fence and changes nothing once the document has passed to somebody else, so that each
document is taken in exactly once although a worker may be killed, paused or slow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Update, case, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from pedalcast.documents.ingestion.database_clock import DatabaseSeconds
from pedalcast.documents.models import DELETING, PARSING, QUEUED, UPLOADING, WAITING, UploadedDocument

LEASE_S = 30.0
MAX_ATTEMPTS = 5
RETRY_S = 5.0  # after the first failure; doubled after each
UPLOAD_S = 900.0  # after which an upload counts as broken off
_CANDIDATES = 8
_COLUMNS = UploadedDocument


class ClaimLostError(Exception):
    """The document has passed to somebody else: cancelled, deleted, or the lease has run out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a document, and what is needed for it. `state` is the one it was found in."""

    id: str
    bot_id: str
    name: str
    state: str
    file_key: str
    version: int
    size: int
    sha256: str | None
    answering: Mapping[str, Any] | None
    attempts: int
    fence: int


class DocumentQueue:
    """For workers' threads. `worker` names this one, for operators."""

    def __init__(self, engine: Engine, worker: str, *, lease_s: float = LEASE_S) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._worker = worker[:128]
        self.lease_s = lease_s

    def claim(self) -> Claim | None:
        """The right to the document that has waited longest, None where none waits."""
        now = DatabaseSeconds()
        free = (_COLUMNS.run_at <= now, (_COLUMNS.lease_until.is_(None)) | (_COLUMNS.lease_until < now))
        query = select(UploadedDocument.__table__).where(_COLUMNS.state.in_(WAITING), *free)
        deleting_first = (_COLUMNS.state != DELETING, _COLUMNS.run_at, _COLUMNS.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(*deleting_first).limit(_CANDIDATES)).all()
        for row in rows:
            taken = (
                update(UploadedDocument)
                .where(_COLUMNS.id == row.id, _COLUMNS.fence == row.fence, *free)
                .values(fence=row.fence + 1, lease_until=now + self.lease_s, worker=self._worker,
                        attempts=row.attempts + 1)
            )  # fmt: skip
            with self._writing.begin() as connection:
                if connection.execute(taken).rowcount == 1:
                    return _claim(row)
        return None

    def change(self, claim: Claim, **values: Any) -> None:
        """Write columns of the claimed row. Raises `ClaimLostError`."""
        with self._writing.begin() as connection:
            self.change_within(connection, claim, **values)

    def change_within(self, connection: Connection, claim: Claim, **values: Any) -> None:
        """The same within a transaction, which is to be rolled back when this raises `ClaimLostError`."""
        if connection.execute(_owned(claim).values(**values or {"worker": self._worker})).rowcount != 1:
            raise ClaimLostError(claim.id)

    def extend(self, claim: Claim, **values: Any) -> None:
        """Keep the claim for another lease. Raises `ClaimLostError`."""
        self.change(claim, lease_until=DatabaseSeconds() + self.lease_s, **values)

    def release(self, claim: Claim, after_s: float = 0.0, *, counts: bool = True, **values: Any) -> None:
        """Give the document back, to be claimed again after so many seconds. Raises `ClaimLostError`.

        Without `counts` this attempt is none. One that is being read is queued again.
        """
        values.setdefault("state", case((_COLUMNS.state == PARSING, QUEUED), else_=_COLUMNS.state))
        attempts = claim.attempts if counts else claim.attempts - 1
        self.change(claim, lease_until=None, run_at=DatabaseSeconds() + after_s, attempts=attempts, **values)

    def finish(self, claim: Claim, **values: Any) -> None:
        """Write the outcome and end the claim. Raises `ClaimLostError`."""
        self.change(claim, lease_until=None, worker=None, **values)

    def break_off_uploads(self) -> int:
        """Mark uploads whose sender has been silent for `UPLOAD_S` as failed. Returns how many."""
        silent = _COLUMNS.run_at < DatabaseSeconds() - UPLOAD_S
        broken = update(UploadedDocument).where(_COLUMNS.state == UPLOADING, silent)
        values = {"state": "failed", "error_code": "upload_broken_off", "live_hash": None,
                  "error_message": "The upload was not finished.", "fence": _COLUMNS.fence + 1}  # fmt: skip
        with self._writing.begin() as connection:
            return connection.execute(broken.values(**values)).rowcount

    def waiting(self) -> tuple[int, float]:
        """How many documents wait for a worker or are in one's hands, and for how many seconds the one that nobody
        has taken waits longest."""
        now = DatabaseSeconds()
        mine: ColumnElement[bool] = _COLUMNS.state.in_(WAITING)
        free = (_COLUMNS.lease_until.is_(None)) | (_COLUMNS.lease_until < now)
        with self._engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(UploadedDocument).where(mine)).scalar()
            oldest = connection.execute(select(now - func.min(_COLUMNS.run_at)).where(mine, free)).scalar()
        return int(count or 0), max(0.0, float(oldest or 0.0))


def _claim(row: Any) -> Claim:
    """The claim that has just been taken of a row as it was before."""
    return Claim(
        id=row.id, bot_id=row.bot_id, name=row.name, state=row.state, file_key=row.file_key, version=row.version,
        size=row.size, sha256=row.sha256, answering=row.answering, attempts=row.attempts + 1, fence=row.fence + 1,
    )  # fmt: skip


def _owned(claim: Claim) -> Update:
    return update(UploadedDocument).where(_COLUMNS.id == claim.id, _COLUMNS.fence == claim.fence)
