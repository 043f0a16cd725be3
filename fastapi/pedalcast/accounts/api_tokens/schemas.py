"""What the endpoints of programs' tokens take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.accounts.models import ApiToken

Scope = Literal["account", "chat", "board", "documents", "admin"]


class ApiTokenIn(BaseModel):
    """A new token."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "nightly import", "scopes": ["documents"]}})

    name: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=8)
    days: int | None = Field(None, ge=1, le=3650, description="days it is good for; without it, until it is revoked")


class ApiTokenOut(BaseModel):
    """A token without its secret."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, row: ApiToken) -> Self:
        """From the row."""
        return cls(
            id=row.id, name=row.name, prefix=row.prefix, scopes=list(row.scopes), created_at=row.created_at,
            expires_at=row.expires_at, last_used_at=row.last_used_at,
        )  # fmt: skip


class NewApiTokenOut(ApiTokenOut):
    """A token just made, with its secret: it is never shown again."""

    token: str


class ApiTokensOut(BaseModel):
    """Somebody's tokens."""

    success: Literal[True] = True
    data: list[ApiTokenOut]
