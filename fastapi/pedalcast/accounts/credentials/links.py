"""Single-use links: made, mailed or handed out, and used."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.credentials.passwords import new_token, token_hash
from pedalcast.accounts.errors import LinkError
from pedalcast.accounts.models import SingleUseLink, User
from pedalcast.accounts.repository import SingleUseLinkRepository
from pedalcast.accounts.sessions.service import Now

LINK_LIFE = timedelta(minutes=30)
Purpose = Literal["confirm", "reset", "login"]
_PAGES: dict[Purpose, str] = {"confirm": "/confirm#", "reset": "/reset#", "login": "/api/v1/auth/link?token="}


class LinkService:
    """Links of thirty minutes. The newest of a purpose is the only one that works."""

    def __init__(self, public_url: str, now: Now) -> None:
        self._public_url = public_url.rstrip("/")
        self._now = now

    async def create(self, session: AsyncSession, user: User, purpose: Purpose) -> str:
        """A link for this user. What follows `#` is never sent to a server, so it stands in no log."""
        now, token = self._now(), new_token()
        links = SingleUseLinkRepository(session)
        await links.use_all(user.id, purpose, now)
        row = SingleUseLink(token_hash=token_hash(token), user_id=user.id, purpose=purpose, expires_at=now + LINK_LIFE)
        await links.add(row)
        return f"{self._public_url}{_PAGES[purpose]}{token}"

    async def use(self, session: AsyncSession, token: str, purpose: Purpose) -> User:
        """Whose link it is; it works no more. Raises `LinkError`."""
        link = await SingleUseLinkRepository(session).use(token_hash(token), purpose, self._now())
        user = await session.get(User, link.user_id) if link else None
        if user is None or not user.is_active:
            raise LinkError
        return user
