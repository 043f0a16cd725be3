"""Which bot a chat is with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007a_chat_bots"
down_revision = "0007_search_log_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("chat_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bot_id", sa.String(length=64), server_default="help", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("chat_sessions", schema=None) as batch_op:
        batch_op.drop_column("bot_id")
