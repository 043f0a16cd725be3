"""What the endpoints for a client with guests take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

UserId = Annotated[str, Field(min_length=1, max_length=64)]


class GuestIn(BaseModel):
    """The guest of an earlier visit, if any."""

    model_config = ConfigDict(json_schema_extra={"example": {"user_id": "5f0c6a4e8d3b4c0f9a1e2d3c4b5a6978"}})

    user_id: UserId | None = None


class GuestOut(BaseModel):
    """Who the guest is: the id of `user_id` where its token came with it, else a new one."""

    user_id: str
    token: str


class ActivityOut(BaseModel):
    """The session lives."""

    success: bool = True
    user_id: str
