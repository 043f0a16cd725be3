"""The board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import BigId, LongText, UtcDateTime

revision = "0003_board"
down_revision = "0002_chats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "board_posts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", LongText, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("pinned_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_board_posts_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_posts")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("board_posts", schema=None) as batch_op:
        batch_op.create_index("ix_board_posts_category_id", ["category", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_posts_pinned_at"), ["pinned_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_posts_user_id"), ["user_id"], unique=False)

    op.create_table(
        "board_comments",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("post_id", BigId, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("content", LongText, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["board_posts.id"], name=op.f("fk_board_comments_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_board_comments_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_comments")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("board_comments", schema=None) as batch_op:
        batch_op.create_index("ix_board_comments_post_id_id", ["post_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_comments_user_id"), ["user_id"], unique=False)

    op.create_table(
        "board_complaints",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("post_id", BigId, nullable=False),
        sa.Column("comment_id", BigId, nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["board_comments.id"], name=op.f("fk_board_complaints_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["board_posts.id"], name=op.f("fk_board_complaints_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_board_complaints_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_complaints")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("board_complaints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_complaints_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_complaints_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_complaints_settled_at"), ["settled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_board_complaints_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("board_complaints")
    op.drop_table("board_comments")
    op.drop_table("board_posts")
