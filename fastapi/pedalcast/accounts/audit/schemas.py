"""What the endpoints for admins take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from pedalcast.accounts.models import User
from pedalcast.accounts.schemas import UserOut


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


class ListedUser(UserOut):
    """An account as an admin sees it."""

    banned_at: datetime | None

    @classmethod
    def of(cls, user: User) -> Self:
        """From the row."""
        return cls(**UserOut.of(user).model_dump(), banned_at=user.banned_at)


class UsersOut(BaseModel):
    """A page of accounts, the newest first; `total` counts all that match."""

    success: Literal[True] = True
    data: list[ListedUser]
    total: int


class UserChangeIn(BaseModel):
    """What to change of an account."""

    model_config = ConfigDict(json_schema_extra={"example": {"banned": True}})

    role: Literal["member", "admin"] | None = None
    banned: bool | None = None
