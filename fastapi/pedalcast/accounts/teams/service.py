"""Makes teams and decides who may do what in them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.naming import normal_email, username_key
from pedalcast.accounts.models import Team, TeamMember, User
from pedalcast.accounts.repository import UserRepository
from pedalcast.accounts.sessions.service import Now
from pedalcast.accounts.teams.repository import TeamMemberRepository, TeamRepository
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ConflictError, ForbiddenError, NotFoundError


class TeamService:
    """A team one is not in is not there; owners decide who is, editors change what is shared, readers read it."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def create(self, user_id: str, name: str) -> Team:
        """A new team, its maker the owner."""
        now = self._now()
        async with self._database.transaction() as session:
            team = await TeamRepository(session).add(Team(name=name, created_at=now))
            session.add(TeamMember(team_id=team.id, user_id=user_id, role="owner", joined_at=now))
        return team

    async def of_user(self, user_id: str) -> list[tuple[Team, str]]:
        """The teams somebody is in, each with their role."""
        async with self._database.reading() as session:
            return await TeamRepository(session).of_user(user_id)

    async def role(self, team_id: int, user_id: str) -> str | None:
        """Somebody's role in a team, None for somebody who is not in it."""
        async with self._database.reading() as session:
            return await TeamMemberRepository(session).role(team_id, user_id)

    async def members(self, team_id: int, user_id: str) -> list[tuple[TeamMember, User]]:
        """Everybody in a team, for those who are in it. Raises `NotFoundError`."""
        async with self._database.reading() as session:
            await _role_in(session, team_id, user_id)
            return await TeamMemberRepository(session).members(team_id)

    async def set_role(self, team_id: int, owner_id: str, name: str, role: str) -> tuple[TeamMember, User]:
        """Take somebody in, or change their role. Raises `NotFoundError`, `ForbiddenError`, `ConflictError`."""
        async with self._database.transaction() as session:
            await _require_owner(session, team_id, owner_id)
            users = UserRepository(session)
            user = await (users.by_email(normal_email(name)) if "@" in name else users.by_username(username_key(name)))
            if user is None or not user.is_active:
                raise NotFoundError("There is no such account.", "account_not_found")
            members = TeamMemberRepository(session)
            member = await members.get((team_id, user.id))
            if member is None:
                member = TeamMember(team_id=team_id, user_id=user.id, role=role, joined_at=self._now())
                await members.add(member)
            elif member.role == "owner" != role and await members.owners(team_id) == 1:
                raise ConflictError("A team keeps at least one owner.", "last_owner")
            member.role = role
            await AuditRepository(session).record(owner_id, "team.role", str(team_id), user=user.id, role=role)
        return member, user

    async def remove(self, team_id: int, caller_id: str, user_id: str) -> None:
        """Owners remove anybody, others themselves. Raises `NotFoundError`, `ForbiddenError`, `ConflictError`."""
        async with self._database.transaction() as session:
            if caller_id == user_id:
                await _role_in(session, team_id, caller_id)
            else:
                await _require_owner(session, team_id, caller_id)
            members = TeamMemberRepository(session)
            member = await members.get((team_id, user_id))
            if member is None:
                raise NotFoundError("There is no such member.", "member_not_found")
            if member.role == "owner" and await members.owners(team_id) == 1:
                raise ConflictError("A team keeps at least one owner.", "last_owner")
            await members.remove(member)

    async def delete(self, team_id: int, caller_id: str) -> None:
        """Remove a team. Raises `NotFoundError`, `ForbiddenError`."""
        async with self._database.transaction() as session:
            await _require_owner(session, team_id, caller_id)
            teams = TeamRepository(session)
            team = await teams.get(team_id)
            if team is not None:
                await teams.remove(team)
            await AuditRepository(session).record(caller_id, "team.delete", str(team_id))


async def _role_in(session: AsyncSession, team_id: int, user_id: str) -> str:
    role = await TeamMemberRepository(session).role(team_id, user_id)
    if role is None:
        raise NotFoundError(f"There is no team {team_id}.", "team_not_found")
    return role


async def _require_owner(session: AsyncSession, team_id: int, user_id: str) -> None:
    if await _role_in(session, team_id, user_id) != "owner":
        raise ForbiddenError("Only an owner of the team may do this.", "owner_needed")
