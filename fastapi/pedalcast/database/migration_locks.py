"""How a migration waits for the locks of tables that another release serves from: briefly, and again.

A statement that waits for a table makes everything that comes after it wait too, and it may wait for ever: a request
that holds a transaction open and needs a second connection waits for the migration, which waits for that transaction.
So each wait ends before anybody notices, others pass, and the migration tries again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util import await_only

from pedalcast.database.engine import Database
from pedalcast.database.errors import SchemaError

LOCK_WAIT_S = 120.0  # for one migration (MariaDB: one of its statements), all tries together
PAUSE_S = 1.0
_MIGRATES = "migrates"
# PostgreSQL looks for deadlocks after 1 s: a shorter wait makes the migration give way, not a request
_LIMITS = {"postgresql": "SET LOCAL lock_timeout = '500ms'", "mysql": "SET SESSION lock_wait_timeout = 1"}
_POSTGRESQL_HELD = {"55P03", "40P01"}  # lock_not_available, deadlock_detected
_MARIADB_HELD = {1205, 1213}  # lock wait time-out, deadlock


async def migrated(database: Database, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Do the work in one transaction, again while others hold a lock that it needs. Raises `SchemaError`.

    MariaDB ends a transaction at each statement that changes the schema, so there each statement is tried again.
    """
    give_up = time.monotonic() + LOCK_WAIT_S
    with _each_statement_again(database):
        while True:
            try:
                async with _limited(database) as connection:
                    return await work(connection)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _POSTGRESQL_HELD:
                    raise
                if time.monotonic() > give_up:
                    raise _held() from error
            await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def _limited(database: Database) -> AsyncIterator[AsyncConnection]:
    engine = database.engine.execution_options(writes=True, **{_MIGRATES: True})
    async with engine.begin() as connection:
        if limit := _LIMITS.get(database.engine.dialect.name):
            await connection.execute(text(limit))
        yield connection
        if database.engine.dialect.name == "mysql":
            await connection.execute(text("SET SESSION lock_wait_timeout = DEFAULT"))


@contextmanager
def _each_statement_again(database: Database) -> Iterator[None]:
    if database.engine.dialect.name != "mysql":
        yield
        return
    engine = database.engine.sync_engine
    event.listen(engine, "do_execute", _execute_again)
    try:
        yield
    finally:
        event.remove(engine, "do_execute", _execute_again)


def _execute_again(cursor: DBAPICursor, statement: str, parameters: Any, context: ExecutionContext | None) -> bool:
    """Execute the statement of a migration until its lock is free; True keeps SQLAlchemy from executing it too."""
    if context is None or not context.execution_options.get(_MIGRATES):
        return False
    give_up = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            cursor.execute(statement, parameters)
        except Exception as error:
            if not error.args or error.args[0] not in _MARIADB_HELD:
                raise
            if time.monotonic() > give_up:
                raise _held() from error
        else:
            return True
        await_only(asyncio.sleep(PAUSE_S))


def _held() -> SchemaError:
    return SchemaError("a table that a migration changes is held by a transaction that does not end")
