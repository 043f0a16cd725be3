"""The gate at start: the schema is this version's before anything is served."""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pedalcast.database.address import printable_address
from pedalcast.database.engine import Database
from pedalcast.database.errors import SchemaError
from pedalcast.database.migration_locks import migrated

LOCK_NAME = "pedalcast-migrate"
LOCK_NUMBER = 7_236_515_201  # PostgreSQL names advisory locks by numbers
TURN_WAIT_S = 600.0  # for another process's migrations, each of which waits for its own locks
TURN_PAUSE_S = 0.2
MIGRATIONS = Path(__file__).parent / "migrations"
log = structlog.get_logger(__name__)


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; the migrations lie in this package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


def code_revision() -> str:
    """The revision this version works on."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None  # noqa: S101 (there is at least one migration)
    return head


async def database_revision(connection: AsyncConnection) -> str | None:
    """The revision the database is at; None where nothing was ever migrated."""
    return await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())


async def ensure_schema(database: Database, *, migrate: bool) -> None:
    """Bring the schema to this version's under one lock, or refuse. Raises `SchemaError`.

    Refused are a schema of a newer version, and an older one where `migrate` is off.
    """
    async with database.engine.connect() as connection:
        if await database_revision(connection) == code_revision():
            return
    if not migrate:
        raise SchemaError(
            f"the schema of {printable_address(database.url)} is not this version's: run `python -m pedalcast migrate`"
        )
    async with _migration_lock(database):
        await _upgrade(database)


async def _upgrade(database: Database) -> None:
    """Run what is missing, each migration in a transaction of its own: no lock is held for longer than it needs."""
    async with database.engine.connect() as connection:
        before = await database_revision(connection)  # another process may have migrated while this one waited
    known = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    if before is not None and before not in known:
        raise SchemaError(
            f"the schema of {printable_address(database.url)} is at {before}, which this version does not know: "
            "a newer version has migrated it"
        )
    for revision in reversed(known[: known.index(before)] if before is not None else known):
        await migrated(database, partial(_to_revision, revision=revision))
        log.info("schema migrated", revision=revision)


async def _to_revision(connection: AsyncConnection, revision: str) -> None:
    await connection.run_sync(lambda plain: command.upgrade(alembic_config(plain), revision))


@asynccontextmanager
async def _migration_lock(database: Database) -> AsyncIterator[None]:
    """One process migrates at a time; the lock falls with its connection. Raises `SchemaError`."""
    if database.dialect == "sqlite":
        with _open(Path(f"{database.url.database}.lock")) as file:
            await _turn(partial(_lock_file, file))
            yield
        return
    if database.dialect == "postgresql":
        lock, unlock = f"pg_try_advisory_lock({LOCK_NUMBER})", f"pg_advisory_unlock({LOCK_NUMBER})"
    else:
        lock, unlock = f"GET_LOCK('{LOCK_NAME}', 0)", f"RELEASE_LOCK('{LOCK_NAME}')"
    async with database.engine.connect() as connection:
        await _turn(partial(connection.scalar, text(f"SELECT {lock}")))
        try:
            yield
        finally:
            await connection.execute(text(f"SELECT {unlock}"))


async def _turn(take: Callable[[], Awaitable[object]]) -> None:
    """Wait until the lock is taken. Raises `SchemaError`."""
    give_up = time.monotonic() + TURN_WAIT_S
    while not await take():
        if time.monotonic() > give_up:
            raise SchemaError("another process migrates the database and does not end")
        await asyncio.sleep(TURN_PAUSE_S)


def _open(path: Path) -> TextIO:
    return path.open("a+")


async def _lock_file(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
