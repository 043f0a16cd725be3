"""Alert rules about several stations, an area, days and hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pedalcast.database.base_model import Json, UtcDateTime

revision = "0005_alert_rules"
down_revision = "0004_reports_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("alert_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("station_ids", Json, nullable=True))
        batch_op.add_column(sa.Column("area", Json, nullable=True))
        batch_op.add_column(sa.Column("weekdays", Json, nullable=True))
        batch_op.add_column(sa.Column("from_time", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("until_time", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("alerted_at", UtcDateTime(), nullable=True))
        batch_op.alter_column("station_id", existing_type=sa.VARCHAR(length=128), nullable=True)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("alert_rules", schema=None) as batch_op:
        batch_op.alter_column("station_id", existing_type=sa.VARCHAR(length=128), nullable=False)
        batch_op.drop_column("alerted_at")
        batch_op.drop_column("until_time")
        batch_op.drop_column("from_time")
        batch_op.drop_column("weekdays")
        batch_op.drop_column("area")
        batch_op.drop_column("station_ids")
