"""How large each question and its answer were for a language model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_search_log_tokens"
down_revision = "0006_chunks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("search_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tokens", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("search_log", schema=None) as batch_op:
        batch_op.drop_column("tokens")
