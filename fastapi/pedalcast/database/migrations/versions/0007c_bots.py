"""Bots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import BigId, Json, UtcDateTime

revision = "0007c_bots"
down_revision = "0007b_search_log_bots"
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


def downgrade() -> None:
    """Take it back."""
    op.drop_table("bots")
