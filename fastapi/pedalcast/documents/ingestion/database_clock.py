"""The time by the database's clock: workers on different machines agree on it, however wrong their own clocks are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class DatabaseSeconds(FunctionElement[float]):
    """Seconds since 1970 as an expression of SQL, to a millisecond or better."""

    type = Double()
    inherit_cache = True
    name = "database_seconds"


@compiles(DatabaseSeconds, "sqlite")
def _sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseSeconds, "postgresql")
def _postgresql(*_: Any, **__: Any) -> str:
    return "(extract(epoch from clock_timestamp())::double precision)"


@compiles(DatabaseSeconds, "mysql")
def _mysql(*_: Any, **__: Any) -> str:
    return "(unix_timestamp(now(6)) + 0e0)"
