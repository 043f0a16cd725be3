"""Pictures of documents: which there are and where they stand; their content lies in the object store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import Json

revision = "0011_document_pictures"
down_revision = "0010_schema_floors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("indexed_documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pictures", Json, nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("indexed_documents", schema=None) as batch_op:
        batch_op.drop_column("pictures")
