"""Indexed documents and their chunks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from pedalcast.database.base_model import BigId, Json, LongText

revision = "0006_chunks"
down_revision = "0005_alert_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "chunks",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("bot_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_paraphrase", sa.Boolean(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("heading", LongText, nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("terms", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("sentences", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("title", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunks")),
        sa.UniqueConstraint("uid", name=op.f("uq_chunks_uid")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index("ix_chunks_bot_id_document_id", ["bot_id", "document_id"], unique=False)

    op.create_table(
        "index_versions",
        sa.Column("bot_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_index_versions")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "indexed_documents",
        sa.Column("bot_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("title", LongText, nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("url", LongText, nullable=True),
        sa.Column("topic", sa.String(length=255), nullable=True),
        sa.Column("metadata", Json, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "document_id", name=op.f("pk_indexed_documents")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "removed_chunks",
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_removed_chunks")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "chunk_vectors",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("chunk_id", BigId, nullable=False),
        sa.Column("tokens", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=True),
        sa.Column("vector", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=True),
        sa.Column("stored", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name=op.f("fk_chunk_vectors_chunk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "chunk_id", name=op.f("pk_chunk_vectors")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("chunk_vectors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunk_vectors_chunk_id"), ["chunk_id"], unique=False)
        batch_op.create_index("ix_chunk_vectors_stored", ["stored"], unique=False)


def downgrade() -> None:
    """Take it back."""
    for table in ("chunk_vectors", "removed_chunks", "indexed_documents", "index_versions", "chunks"):
        op.drop_table(table)
