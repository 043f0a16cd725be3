"""Bots and their versions; which bot a chat and a line of the search log belong to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import BigId, Json, UtcDateTime

revision = "0008_bots"
down_revision = "0007_search_log_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "bots",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", BigId, nullable=True),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("widget_origins", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_bots_team_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bots_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bots")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bots_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bots_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bots_visibility"), ["visibility"], unique=False)

    op.create_table(
        "bot_versions",
        sa.Column("bot_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("reverted_from", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_bot_versions_bot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bot_id", "number", name=op.f("pk_bot_versions")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("chat_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bot_id", sa.String(length=64), server_default="help", nullable=False))
    with op.batch_alter_table("search_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bot_id", sa.String(length=64), server_default="help", nullable=False))


def downgrade() -> None:
    """Take it back."""
    for table in ("search_log", "chat_sessions"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("bot_id")
    op.drop_table("bot_versions")
    op.drop_table("bots")
