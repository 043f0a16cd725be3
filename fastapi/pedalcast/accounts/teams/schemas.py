"""What the endpoints of teams take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

TeamName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
TeamRoleName = Literal["owner", "editor", "reader"]


class TeamIn(BaseModel):
    """A new team."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Station crew"}})

    name: TeamName


class TeamMemberIn(BaseModel):
    """Whom to take in, by name or address, or whose role to change."""

    model_config = ConfigDict(json_schema_extra={"example": {"username": "rider", "role": "editor"}})

    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    role: TeamRoleName


class TeamMemberOut(BaseModel):
    """Somebody in a team."""

    user_id: str
    username: str | None
    role: TeamRoleName


class TeamOut(BaseModel):
    """A team, and the caller's role in it."""

    id: int
    name: str
    role: TeamRoleName


class TeamsOut(BaseModel):
    """The caller's teams."""

    success: Literal[True] = True
    data: list[TeamOut]


class TeamMembersOut(BaseModel):
    """Everybody in a team."""

    success: Literal[True] = True
    data: list[TeamMemberOut]
