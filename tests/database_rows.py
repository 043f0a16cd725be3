"""Rows for every table there is, made from the columns' types, and a table's rows for comparing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pedalcast.database.base_model import UtcDateTime

ROWS = 3
AT = datetime(2026, 11, 20, 12, 0, 7, 123456, tzinfo=UTC)


async def fill_tables(connection: AsyncConnection, tables: Sequence[sa.Table]) -> None:
    """Three rows a table; where a column refers to another table, to the row of the same number."""
    for table in tables:
        rows = [{column.name: _value(column, number) for column in table.columns} for number in range(1, ROWS + 1)]
        await connection.execute(sa.insert(table), rows)


async def read_tables(connection: AsyncConnection, tables: Sequence[sa.Table]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table."""
    return {
        table.name: [tuple(row) for row in await connection.execute(sa.select(table).order_by(*table.primary_key))]
        for table in tables
    }


_VALUES: tuple[tuple[type[Any], Callable[[int], Any]], ...] = (
    (sa.Boolean, lambda number: number % 2 == 0),
    (UtcDateTime, lambda number: AT + timedelta(days=number)),
    (sa.JSON, lambda number: {"빛": [number, None, "🚲"]}),
    (sa.Integer, lambda number: number),
    (sa.Numeric, lambda number: number + 0.5),
    (sa.Float, lambda number: number + 0.5),
    (sa.LargeBinary, lambda number: bytes([number, 0, 255])),
)


def _value(column: sa.Column[Any], number: int) -> Any:
    if column.foreign_keys:
        [foreign] = column.foreign_keys
        return _value(foreign.column, number)
    for kind, value in _VALUES:
        if isinstance(column.type, kind):
            return value(number)
    text = f"{number} {column.name} 빛🚲"
    return text[: getattr(column.type, "length", None)]
