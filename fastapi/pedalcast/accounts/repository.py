"""Accounts, links and consents in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from pedalcast.accounts.credentials.naming import normal_email
from pedalcast.accounts.models import LinkedIdentity, SingleUseLink, User
from pedalcast.database.repository import BaseRepository


class UserRepository(BaseRepository[User]):
    """Accounts and guests."""

    model = User

    async def by_email(self, email: str) -> User | None:
        """The account with this address (as `normal_email` gives it)."""
        return await self.first(select(User).where(User.email == email))

    async def by_username(self, key: str) -> User | None:
        """The account with this name (as `username_key` gives it)."""
        return await self.first(select(User).where(User.username_key == key))

    async def by_identity(self, provider: str, subject: str) -> User | None:
        """The account that another provider's account signs in."""
        linked = select(LinkedIdentity.user_id).where(
            LinkedIdentity.provider == provider, LinkedIdentity.subject == subject
        )
        return await self.first(select(User).where(User.id.in_(linked)))

    async def members(self, words: str | None, limit: int, offset: int) -> tuple[Sequence[User], int]:
        """A page of the accounts whose address or name holds `words`, the newest first, and how many there are."""
        query = select(User).where(User.kind == "member", User.deleting_at.is_(None))
        if words:
            holds = [
                column.contains(normal_email(words), autoescape=True) for column in (User.email, User.username_key)
            ]
            query = query.where(or_(*holds))
        page = query.order_by(User.created_at.desc(), User.id).limit(limit).offset(offset)
        return await self.all(page), await self.count(query)

    async def prolong_guest(self, user_id: str, expires_at: datetime, now: datetime) -> bool:
        """Move the end of a guest's session; false when it has ended or is nobody's."""
        changed = await self.change(
            update(User)
            .where(User.id == user_id, User.kind == "guest", User.expires_at > now, User.banned_at.is_(None))
            .values(expires_at=expires_at)
        )
        return changed == 1


class SingleUseLinkRepository(BaseRepository[SingleUseLink]):
    """Links that confirm an address, reset a password or sign in, once."""

    model = SingleUseLink

    async def use(self, token_hash: str, purpose: str, now: datetime) -> SingleUseLink | None:
        """Mark a link as used and give it; None when it is unknown, too old, or was used."""
        changed = await self.change(
            update(SingleUseLink)
            .where(
                SingleUseLink.token_hash == token_hash,
                SingleUseLink.purpose == purpose,
                SingleUseLink.used_at.is_(None),
                SingleUseLink.expires_at > now,
            )
            .values(used_at=now)
        )
        return await self.get(token_hash) if changed == 1 else None

    async def use_all(self, user_id: str, purpose: str, now: datetime) -> None:
        """Make every open link of somebody for this purpose useless."""
        await self.change(
            update(SingleUseLink)
            .where(SingleUseLink.user_id == user_id, SingleUseLink.purpose == purpose, SingleUseLink.used_at.is_(None))
            .values(used_at=now)
        )
