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
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pedalcast.database.address import printable_address
from pedalcast.database.engine import Database
from pedalcast.database.errors import SchemaError
from pedalcast.database.migration_locks import migrated
from pedalcast.database.schema_floor import SchemaFloor

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

    An older one is refused where `migrate` is off. A newer one serves as it is, so that a release can be rolled back,
    unless a migration that this version does not know took something away.
    """
    if await _serves(database):
        return
    if not migrate:
        raise SchemaError(
            f"the schema of {printable_address(database.url)} is not this version's: run `python -m pedalcast migrate`"
        )
    async with _migration_lock(database):
        if not await _serves(database):  # another process may have migrated while this one waited
            await _upgrade(database)


async def _serves(database: Database) -> bool:
    """Whether the schema is this version's, or a newer one on which it can serve. Raises `SchemaError`."""
    async with database.engine.connect() as connection:
        revision = await database_revision(connection)
        if revision is None or revision in _known_revisions():
            return revision == code_revision()
        floors = await connection.run_sync(_floors)
    if floors is None or not floors <= set(_known_revisions()):
        raise SchemaError(
            f"the schema of {printable_address(database.url)} is at {revision}, which this version does not know: "
            "a newer version has migrated it"
        )
    log.warning("the schema is a newer version's", revision=revision, known=code_revision())
    return True


def _floors(connection: Connection) -> set[str] | None:
    """The revisions that a version must know; None where the schema does not tell."""
    if not inspect(connection).has_table(SchemaFloor.__tablename__):
        return None
    return set(connection.scalars(select(SchemaFloor.revision)))


def _known_revisions() -> list[str]:
    """The revisions that this version knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


async def _upgrade(database: Database) -> None:
    """Run what is missing, each migration in a transaction of its own: no lock is held for longer than it needs."""
    async with database.engine.connect() as connection:
        before = await database_revision(connection)
    known = _known_revisions()
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
