"""The teams that bots are shared with, and the versions of bots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import Json, UtcDateTime

revision = "0008_bots"
down_revision = "0007c_bots"
branch_labels = None
depends_on = None

ACCEPTED = {
    "create_foreign_key": "no version that serves meanwhile knows bots",
    "locks": "likewise: teams alone are in use",
}


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_bots_team_id"), "teams", ["team_id"], ["id"], ondelete="SET NULL")

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


def downgrade() -> None:
    """Take it back."""
    op.drop_table("bot_versions")
    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_bots_team_id"), type_="foreignkey")
