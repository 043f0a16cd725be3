"""What the endpoints for admins take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class AuditEntryOut(BaseModel):
    """Who did what when. `actor_id` is null where the system did."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor_id: str | None
    action: str
    target: str | None
    details: dict[str, Any]


class AuditLogOut(BaseModel):
    """Entries, the newest first."""

    success: Literal[True] = True
    data: list[AuditEntryOut]


class UserChangeIn(BaseModel):
    """What to change of an account."""

    model_config = ConfigDict(json_schema_extra={"example": {"banned": True}})

    role: Literal["member", "admin"] | None = None
    banned: bool | None = None
