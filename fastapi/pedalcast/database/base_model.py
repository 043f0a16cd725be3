"""What every table shares: names of constraints, times in UTC, text and ids that mean the same on all databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# MySQL compares text without regard to case unless told otherwise; this makes all three databases alike.
TABLE_OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds. Takes and gives aware datetimes; the column holds no time zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """MySQL rounds to seconds unless told how many digits to keep."""
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Raises `ValueError` for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The stored time, aware."""
        return None if value is None else value.replace(tzinfo=UTC)


# SQLite counts up by itself only in an INTEGER primary key.
BigId = BigInteger().with_variant(Integer(), "sqlite")
# MySQL's TEXT ends at 64 KiB.
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
Json = JSON().with_variant(sqlite.JSON(), "sqlite")


class BaseModel(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(naming_convention=_NAMES)
    __table_args__: Any = TABLE_OPTIONS
