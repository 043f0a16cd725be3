"""Tables of the board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, LongText, UtcDateTime


def _user() -> Mapped[str]:
    return mapped_column(String(32), ForeignKey("users.id", ondelete="CASCADE"), index=True)


class BoardPost(BaseModel):
    """A post. A soft-deleted one keeps its row; `deleted_by` is no foreign key, so that it outlives the account."""

    __tablename__ = "board_posts"
    __table_args__ = (Index("ix_board_posts_category_id", "category", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _user()
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(LongText)
    category: Mapped[str] = mapped_column(String(32))
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[str | None] = mapped_column(String(32))


class BoardComment(BaseModel):
    """A comment on a post."""

    __tablename__ = "board_comments"
    __table_args__ = (Index("ix_board_comments_post_id_id", "post_id", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    post_id: Mapped[int] = mapped_column(BigId, ForeignKey("board_posts.id", ondelete="CASCADE"))
    user_id: Mapped[str] = _user()
    content: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[str | None] = mapped_column(String(32))


class BoardComplaint(BaseModel):
    """A reader's complaint about a post, or about one of its comments."""

    __tablename__ = "board_complaints"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _user()
    post_id: Mapped[int] = mapped_column(BigId, ForeignKey("board_posts.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("board_comments.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
