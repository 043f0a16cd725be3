"""A job and its form in Redis."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import orjson

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Trigger = Literal["request", "schedule", "first"]
OVER = frozenset({"succeeded", "failed", "cancelled"})
_TIMES = ("created_at", "started_at", "updated_at", "finished_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work and how far it is. Times are aware UTC; `updated_at` is its last sign of life.

    `order` is what was asked for, `result` what came of it; `error` holds a stable `code` and a `message`. Its process
    is `pid` on `host`. `cancelling` says that somebody asked it to stop.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    kind: Literal["retrain"] = "retrain"
    trigger: Trigger = "request"
    state: State = "queued"
    stage: str = "queued"
    percent: float = 0.0
    message: str = ""
    order: dict[str, Any]
    started_at: datetime | None = None
    finished_at: datetime | None = None
    host: str | None = None
    pid: int | None = None
    cancelling: bool = False
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None

    @property
    def over(self) -> bool:
        return self.state in OVER

    def to_fields(self) -> dict[str, bytes]:
        """The job as a Redis hash: JSON, field by field."""
        return as_fields(**{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def from_fields(cls, stored: dict[bytes, bytes]) -> Job:
        """Read back what `to_fields` wrote."""
        names = {field.name for field in fields(cls)}
        values = {name.decode(): orjson.loads(value) for name, value in stored.items() if name.decode() in names}
        times = {name: datetime.fromisoformat(values[name]) for name in _TIMES if values.get(name)}
        return cls(**(values | times))


def as_fields(**changes: Any) -> dict[str, bytes]:
    """Changed members of a job, as fields of its hash."""
    return {name: orjson.dumps(value, option=orjson.OPT_UTC_Z) for name, value in changes.items()}
