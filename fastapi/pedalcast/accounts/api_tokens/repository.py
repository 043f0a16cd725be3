"""Programs' tokens in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pedalcast.accounts.models import ApiToken, User
from pedalcast.database.repository import BaseRepository


class ApiTokenRepository(BaseRepository[ApiToken]):
    """Tokens by owner, and by hash."""

    model = ApiToken

    async def of_user(self, user_id: str) -> list[ApiToken]:
        """Somebody's tokens that are not revoked, newest first."""
        query = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        return list(await self.all(query.order_by(ApiToken.id.desc())))

    async def by_hash(self, token_hash: str) -> ApiToken | None:
        """The token, revoked or not."""
        return await self.first(select(ApiToken).where(ApiToken.token_hash == token_hash))

    async def live(self, token_hash: str, now: datetime) -> tuple[ApiToken, User] | None:
        """The token and its owner, None when it is unknown, expired, revoked, or the owner may not act."""
        query = (
            select(ApiToken, User)
            .join(User, User.id == ApiToken.user_id)
            .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
        )
        row = (await self.session.execute(query)).first()
        if row is None:
            return None
        token, user = row
        expired = token.expires_at is not None and token.expires_at <= now
        return None if expired or not user.is_active else (token, user)

    async def revoke(self, token_id: int, user_id: str, now: datetime) -> bool:
        """Make a token of this user useless; false when there is none."""
        changed = await self.change(
            update(ApiToken)
            .where(ApiToken.id == token_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return changed == 1
