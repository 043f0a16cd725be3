"""The seam by which domains say what of theirs belongs to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class OwnedData(Protocol):
    """One domain's part of what is a person's. Each method works within the transaction it is given."""

    name: str

    async def export(self, session: AsyncSession, user_id: str) -> Mapping[str, Any]:
        """Everything of theirs, by file name without ending; written as JSON."""
        ...

    async def move(self, session: AsyncSession, source_id: str, target_id: str) -> None:
        """Give everything of the guest `source_id` to the account `target_id`."""
        ...

    async def remove(self, session: AsyncSession, user_id: str) -> None:
        """Remove everything of theirs. Called again after an interruption, it removes what is still there."""
        ...
