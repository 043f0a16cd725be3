"""Which versions cannot serve on the schema any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_schema_floors"
down_revision = "0009_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "schema_floors",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_floors")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("schema_floors")
