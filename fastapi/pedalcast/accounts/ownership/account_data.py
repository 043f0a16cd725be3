"""What accounts themselves keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.models import (
    AlertRule,
    ApiToken,
    Consent,
    Favourite,
    LinkedIdentity,
    LoginSession,
    TeamMember,
    User,
)
from pedalcast.database.base_model import BaseModel

_EXPORTED: tuple[type[Any], ...] = (Consent, Favourite, AlertRule, LinkedIdentity, LoginSession, ApiToken, TeamMember)
_HIDDEN = frozenset({"password_hash", "token_hash"})


class AccountData:
    """The profile, consents, favourites, alert rules, sign-ins and tokens (without their secrets)."""

    name = "account"

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """The profile, and a list a table."""
        user = await session.get(User, user_id)
        files: dict[str, Any] = {"profile": row_as_dict(user) if user else None}
        for model in _EXPORTED:
            rows = (await session.scalars(select(model).where(model.user_id == user_id))).all()
            files[model.__tablename__] = [row_as_dict(row) for row in rows]
        return files

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """Favourites (those the account lacks) and alert rules."""
        mine = select(Favourite.station_id).where(Favourite.user_id == target_id)
        present = list((await session.scalars(mine)).all())
        await session.execute(
            update(Favourite)
            .where(Favourite.user_id == source_id, Favourite.station_id.not_in(present))
            .values(user_id=target_id)
            .execution_options(synchronize_session=False)
        )
        await session.execute(
            update(AlertRule)
            .where(AlertRule.user_id == source_id)
            .values(user_id=target_id)
            .execution_options(synchronize_session=False)
        )

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """Everything but the row of the account itself, which goes last."""
        for model in _EXPORTED:
            await session.execute(
                delete(model).where(model.user_id == user_id).execution_options(synchronize_session=False)
            )


def row_as_dict(row: BaseModel) -> dict[str, Any]:
    """A row's columns by name, without hashes of secrets."""
    names = [column.key for column in row.__table__.columns if column.key not in _HIDDEN]
    return {name: getattr(row, name) for name in names}
