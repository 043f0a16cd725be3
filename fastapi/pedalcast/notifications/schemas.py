"""What the endpoints of notifications take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.notifications.models import Notification


class NotificationView(BaseModel):
    """One message. `text` is by language (`ko`, `en`); `cleared_at` is set when what it tells of is over."""

    id: int
    kind: str
    subject: str
    text: dict[str, str]
    details: dict[str, Any]
    created_at: datetime
    read_at: datetime | None
    cleared_at: datetime | None

    @classmethod
    def of(cls, row: Notification) -> Self:
        """From the row."""
        return cls(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            text=row.texts,
            details=row.details,
            created_at=row.created_at,
            read_at=row.read_at,
            cleared_at=row.cleared_at,
        )


class NotificationsOut(BaseModel):
    """A page, the newest first; `next` is the cursor of the following one."""

    success: Literal[True] = True
    data: list[NotificationView]
    unread: int
    next: str | None


class NotificationsReadIn(BaseModel):
    """Which to mark as read; without `ids`, all."""

    model_config = ConfigDict(json_schema_extra={"example": {"ids": [17]}})

    ids: list[Annotated[int, Field(ge=1, le=2**53)]] | None = Field(None, max_length=200)
