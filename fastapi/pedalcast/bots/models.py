"""Tables of bots."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import BaseModel, BigId, Json, UtcDateTime


def new_bot_id() -> str:
    """An id that cannot be guessed: 32 hexadecimal digits."""
    return uuid4().hex


class Bot(BaseModel):
    """A bot: whose it is, and who may ask it. `published` and `latest` are numbers of its versions.

    `visibility` is private, team or public. The editors of `team_id` may change it.
    """

    __tablename__ = "bots"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_bot_id)
    user_id: Mapped[str] = mapped_column(String(32), ForeignKey("users.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    visibility: Mapped[str] = mapped_column(String(8), index=True)
    published: Mapped[int]
    latest: Mapped[int]
    widget_origins: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BotVersion(BaseModel):
    """A bot's settings as they were at one time (`BotSettings` as JSON). A version never changes.

    `author_id` is no foreign key, so that it outlives the account; `reverted_from` is the version it repeats.
    """

    __tablename__ = "bot_versions"

    bot_id: Mapped[str] = mapped_column(String(32), ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    author_id: Mapped[str] = mapped_column(String(32))
    reverted_from: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
