"""A release comes up while the one before it holds a transaction open: its migrations make nobody wait for ever.

The release before is not checked out (a shallow or exported copy has no history): its schema is an earlier revision of
the migrations, its statement one that this revision knows. The new one migrates by the gate of every start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from alembic import command

from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import alembic_config, code_revision, database_revision, ensure_schema
from tests.database_tables import drop_tables
from tests.operations.surroundings import PATIENCE_S

BEFORE = "0002_chats"  # the first schema that kept people's things: every migration after it runs under load
LOG = sa.text("SELECT count(*) FROM search_log")


@pytest.fixture(params=["postgres_url", "mariadb_url"])
def url(request: pytest.FixtureRequest) -> str:
    address = str(request.getfixturevalue(request.param))
    asyncio.run(drop_tables(address))
    return address


def on_old_schema(url: str, scene: Callable[[Database], Awaitable[None]]) -> None:
    """Play the scene on a database as the release before left it."""

    async def run() -> None:
        database = Database(parse_address(url))
        try:
            async with database.engine.execution_options(writes=True).begin() as connection:
                await connection.run_sync(lambda plain: command.upgrade(alembic_config(plain), BEFORE))
            await scene(database)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(run(), PATIENCE_S))


def test_a_migration_lets_others_pass_while_it_waits(url: str) -> None:
    async def scene(database: Database) -> None:
        opened, proceed = asyncio.Event(), asyncio.Event()
        reader = asyncio.create_task(two_connections(database, opened, proceed))
        await opened.wait()
        new = Database(database.url)
        migration = asyncio.create_task(ensure_schema(new, migrate=True))
        await waiting_for_a_lock(database)
        proceed.set()
        await reader
        await migration
        async with new.engine.connect() as connection:
            assert await database_revision(connection) == code_revision()
        await new.close()

    on_old_schema(url, scene)


async def two_connections(database: Database, opened: asyncio.Event, proceed: asyncio.Event) -> None:
    """A transaction that stays open while it needs a second connection: no database sees that as one."""
    async with database.reading() as session:
        await session.execute(LOG)
        opened.set()
        await proceed.wait()
        async with database.reading() as second:
            await second.execute(LOG)


async def waiting_for_a_lock(database: Database) -> None:
    """Wait until the migration does: an ALTER that the open transaction holds up."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'"
        if database.dialect == "postgresql"
        else "SELECT count(*) FROM information_schema.processlist"
        " WHERE state LIKE 'Waiting for table metadata lock%' AND info LIKE 'ALTER TABLE%'"
    )
    while True:
        async with database.engine.connect() as connection:
            if await connection.scalar(sa.text(query)):
                return
        await asyncio.sleep(0.02)
