"""`/api/v1/teams`: teams and their members."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter

from pedalcast.accounts.dependencies import AccountsDep, MemberDep
from pedalcast.accounts.models import TeamMember, User
from pedalcast.accounts.schemas import Success
from pedalcast.accounts.teams.schemas import (
    TeamIn,
    TeamMemberIn,
    TeamMemberOut,
    TeamMembersOut,
    TeamOut,
    TeamRoleName,
    TeamsOut,
)
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/teams", tags=["teams"], responses=responses(401, 403))


@router.get("", summary="My teams")
async def list_teams(accounts: AccountsDep, caller: MemberDep) -> TeamsOut:
    """With my role in each."""
    teams = await accounts.teams.of_user(caller.user_id)
    return TeamsOut(data=[TeamOut(id=team.id, name=team.name, role=_role(role)) for team, role in teams])


@router.post("", status_code=201, summary="Make a team")
async def create_team(accounts: AccountsDep, caller: MemberDep, body: TeamIn) -> TeamOut:
    """Its maker is its owner."""
    team = await accounts.teams.create(caller.user_id, body.name)
    return TeamOut(id=team.id, name=team.name, role="owner")


@router.delete("/{team_id}", summary="Remove a team", responses=responses(404))
async def delete_team(accounts: AccountsDep, caller: MemberDep, team_id: int) -> Success:
    """For its owners."""
    await accounts.teams.delete(team_id, caller.user_id)
    return Success(message="The team is removed.")


@router.get("/{team_id}/members", summary="Who is in a team", responses=responses(404))
async def list_members(accounts: AccountsDep, caller: MemberDep, team_id: int) -> TeamMembersOut:
    """For those who are in it."""
    members = await accounts.teams.members(team_id, caller.user_id)
    return TeamMembersOut(data=[_member(member, user) for member, user in members])


@router.put("/{team_id}/members", summary="Take somebody in, or change their role", responses=responses(404, 409))
async def set_member(accounts: AccountsDep, caller: MemberDep, team_id: int, body: TeamMemberIn) -> TeamMemberOut:
    """For owners."""
    member, user = await accounts.teams.set_role(team_id, caller.user_id, body.username, body.role)
    return _member(member, user)


@router.delete("/{team_id}/members/{user_id}", summary="Remove somebody from a team", responses=responses(404, 409))
async def remove_member(accounts: AccountsDep, caller: MemberDep, team_id: int, user_id: str) -> Success:
    """Owners remove anybody, others themselves."""
    await accounts.teams.remove(team_id, caller.user_id, user_id)
    return Success(message="The member is removed.")


def _member(member: TeamMember, user: User) -> TeamMemberOut:
    return TeamMemberOut(user_id=user.id, username=user.username, role=_role(member.role))


def _role(role: str) -> TeamRoleName:
    return cast("TeamRoleName", role)
