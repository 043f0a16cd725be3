"""Rows as JSON lines that mean the same on every database, and back.

Of each column the archive notes its kind: `time` (ISO 8601, UTC), `json`, `bytes` (base64), `bool`, or `plain`.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, TypedDict

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pedalcast.database.base_model import Json, UtcDateTime

BATCH = 500
_TYPES: dict[str, Any] = {
    "time": UtcDateTime(),
    "json": Json,
    "bytes": sa.LargeBinary(),
    "bool": sa.Boolean(),
    "plain": sa.types.NullType(),
}


class StoredTable(TypedDict):
    """What the archive says of a table; `columns` are kinds by name."""

    name: str
    columns: dict[str, str]


def stored_table(table: sa.Table) -> StoredTable:
    """What there is to say of a table."""
    return {"name": str(table.name), "columns": {str(column.name): _kind(column.type) for column in table.columns}}


async def lines_of(connection: AsyncConnection, table: sa.Table) -> AsyncIterator[bytes]:
    """Every row as a line, in the order of the primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    async for row in await connection.stream(query):
        values = [_encoded(value) for value in row]
        yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


async def insert_lines(connection: AsyncConnection, stored: StoredTable, lines: Iterable[bytes]) -> int:
    """Insert rows that `lines_of` wrote; their number."""
    columns, count = stored["columns"], 0
    table = sa.table(stored["name"], *(sa.column(name, _TYPES[kind]) for name, kind in columns.items()))
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        rows = [
            {
                name: _decoded(kind, value)
                for (name, kind), value in zip(columns.items(), orjson.loads(line), strict=True)
            }
            for line in batch
        ]
        await connection.execute(sa.insert(table), rows)
        count += len(rows)
    if connection.dialect.name == "postgresql":
        await _move_sequence(connection, stored)
    return count


async def _move_sequence(connection: AsyncConnection, stored: StoredTable) -> None:
    """Let the next generated id follow the highest one that was inserted."""
    if "id" not in stored["columns"]:
        return
    name = await connection.scalar(sa.select(sa.func.pg_get_serial_sequence(stored["name"], "id")))
    if name is not None:
        highest = sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(stored["name"])).scalar_subquery()
        await connection.execute(sa.select(sa.func.setval(name, sa.func.coalesce(highest, 0) + 1, sa.false())))


def _kind(column_type: Any) -> str:
    if isinstance(column_type, UtcDateTime):
        return "time"
    if isinstance(column_type, sa.JSON):
        return "json"
    if isinstance(column_type, sa.LargeBinary):
        return "bytes"
    return "bool" if isinstance(column_type, sa.Boolean) else "plain"


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _decoded(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if kind == "bytes" else value
