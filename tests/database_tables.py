"""Leaves a test database empty."""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, text

from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database


async def drop_tables(url: str) -> None:
    """Drop every table that is there."""
    database = Database(parse_address(url))
    async with database.engine.begin() as connection:
        await connection.run_sync(_drop, database.dialect)
    await database.close()


def _drop(connection: Connection, dialect: str) -> None:
    if dialect == "mysql":
        connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
    connection.execute(text("DROP TABLE IF EXISTS document_embeddings"))  # whose column type SQLAlchemy does not know
    tables = MetaData()
    tables.reflect(connection)
    tables.drop_all(connection)
    if dialect == "mysql":
        connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))
