"""The gate at start, on each kind of database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from pedalcast.database import schema_gate
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.errors import SchemaError
from pedalcast.database.schema_gate import alembic_config, code_revision, database_revision, ensure_schema
from pedalcast.tables import BaseModel


def on(url: str, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do the work on the database at this address."""

    async def run() -> None:
        database = Database(parse_address(url))
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


def test_an_empty_database_is_migrated_and_equals_the_models(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        async with database.engine.connect() as connection:
            assert await database_revision(connection) == code_revision()
            assert await connection.run_sync(differences) == []

    on(database_url, scene)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, BaseModel.metadata))


def test_many_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    async def scene(database: Database) -> None:
        others = [Database(database.url) for _ in range(4)]
        await asyncio.gather(*(ensure_schema(one, migrate=True) for one in [database, *others]))
        for other in others:
            await other.close()
        async with database.reading() as session:
            assert (await session.scalars(text("SELECT version_num FROM alembic_version"))).all() == [code_revision()]

    on(database_url, scene)


def test_a_process_that_migrates_for_ever_is_not_waited_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_gate, "TURN_WAIT_S", 0.3)

    async def scene(database: Database) -> None:
        other = Database(database.url)
        async with schema_gate._migration_lock(other):
            with pytest.raises(SchemaError, match="does not end"):
                await ensure_schema(database, migrate=True)
        await ensure_schema(database, migrate=True)
        await other.close()

    on(database_url, scene)


def test_an_old_schema_is_refused_where_migrating_is_off(database_url: str) -> None:
    async def scene(database: Database) -> None:
        with pytest.raises(SchemaError, match="python -m pedalcast migrate"):
            await ensure_schema(database, migrate=False)

    on(database_url, scene)


async def migrate_further(database: Database, *, takes_away: bool) -> None:
    """Leave the schema as a later version would."""
    await ensure_schema(database, migrate=True)
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
        if takes_away:
            await session.execute(text("INSERT INTO schema_floors VALUES ('9999_later')"))


def test_a_newer_schema_that_only_added_serves_the_version_before(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await migrate_further(database, takes_away=False)
        for migrate in (True, False):
            await ensure_schema(database, migrate=migrate)
        async with database.reading() as session:
            assert (await session.scalars(text("SELECT version_num FROM alembic_version"))).all() == ["9999_later"]

    on(database_url, scene)


def test_a_newer_schema_that_lacks_something_is_refused_in_one_line(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await migrate_further(database, takes_away=True)
        with pytest.raises(SchemaError, match="9999_later") as error:
            await ensure_schema(database, migrate=True)
        assert "\n" not in str(error.value)
        assert "of the tests" not in str(error.value)  # the password

    on(database_url, scene)


def test_every_migration_can_be_taken_back(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        async with database.engine.execution_options(writes=True).begin() as connection:
            await connection.run_sync(lambda plain: command.downgrade(alembic_config(plain), "base"))
            tables = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
            assert tables == ["alembic_version"]

    on(database_url, scene)
