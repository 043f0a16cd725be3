"""Teams and their members in the database."""

from __future__ import annotations

from sqlalchemy import func, select

from pedalcast.accounts.models import Team, TeamMember, User
from pedalcast.database.repository import BaseRepository


class TeamRepository(BaseRepository[Team]):
    """Teams."""

    model = Team

    async def of_user(self, user_id: str) -> list[tuple[Team, str]]:
        """The teams somebody is in, each with their role."""
        query = (
            select(Team, TeamMember.role)
            .join(TeamMember, TeamMember.team_id == Team.id)
            .where(TeamMember.user_id == user_id)
            .order_by(Team.id)
        )
        return [(team, role) for team, role in await self.session.execute(query)]


class TeamMemberRepository(BaseRepository[TeamMember]):
    """Who is in which team."""

    model = TeamMember

    async def role(self, team_id: int, user_id: str) -> str | None:
        """Somebody's role in a team, None for somebody who is not in it."""
        query = select(TeamMember.role).where(TeamMember.team_id == team_id, TeamMember.user_id == user_id)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def members(self, team_id: int) -> list[tuple[TeamMember, User]]:
        """Everybody in a team."""
        query = (
            select(TeamMember, User)
            .join(User, User.id == TeamMember.user_id)
            .where(TeamMember.team_id == team_id)
            .order_by(TeamMember.joined_at)
        )
        return [(member, user) for member, user in await self.session.execute(query)]

    async def owners(self, team_id: int) -> int:
        """How many owners a team has."""
        query = select(func.count()).where(TeamMember.team_id == team_id, TeamMember.role == "owner")
        return int(await self.session.scalar(query) or 0)
