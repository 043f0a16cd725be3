"""`python -m pedalcast restore FILE`: into an empty database and an empty registry."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from forecaster.objects import ObjectStore, open_objects
from pedalcast.backup.archive import ArchiveReader, BackupError, open_archive, table_file
from pedalcast.backup.backup_command import OBJECTS, PREFIXES
from pedalcast.backup.row_format import insert_lines
from pedalcast.database import lifespan
from pedalcast.database.address import printable_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_floor import SchemaFloor
from pedalcast.database.schema_gate import alembic_config, ensure_schema
from pedalcast.settings import Settings

VERSION_TABLE = "alembic_version"


def restore(settings: Settings, path: Path) -> str:
    """Read everything back, then bring the schema to this version's; a line that says what came back.

    Nothing is written before the whole archive was verified. Raises `BackupError`: an archive that is damaged or of a
    newer version, a database or registry that is not empty.
    """
    objects = open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url)
    with open_archive(path) as file:
        reader = ArchiveReader(file)
        revisions = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
        if reader.manifest["revision"] not in revisions:
            raise BackupError(f"the backup was made by a newer version ({reader.manifest['version']})")
        reader.verify()
        if any(objects.list(prefix) for prefix in PREFIXES):
            raise BackupError("there are models or documents in the object store already")
        rows = asyncio.run(_restore_database(lifespan.build(settings), reader))
        count = _restore_objects(objects, reader)
    return f"{rows} rows of {len(reader.manifest['tables'])} tables, {count} objects"


async def _restore_database(database: Database, reader: ArchiveReader) -> int:
    try:
        async with database.engine.execution_options(writes=True).begin() as connection:
            await _require_empty(database, connection)
            await connection.run_sync(lambda plain: command.downgrade(alembic_config(plain), "base"))
            revision = reader.manifest["revision"]
            await connection.run_sync(lambda plain: command.upgrade(alembic_config(plain), revision))
            counts = [
                await insert_lines(connection, stored, reader.lines(table_file(stored["name"])))
                for stored in reader.manifest["tables"]
            ]
        await ensure_schema(database, migrate=True)
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise BackupError(f"the database {printable_address(database.url)} did not take it: {reason}") from None
    finally:
        await database.close()
    return sum(counts)


async def _require_empty(database: Database, connection: AsyncConnection) -> None:
    """Raises `BackupError` where any table has a row; empty tables of any version are no hindrance."""
    names = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
    for name in (name for name in names if name not in (VERSION_TABLE, SchemaFloor.__tablename__)):
        if await connection.scalar(select(func.count()).select_from(table(name))):
            raise BackupError(f"the database {printable_address(database.url)} is not empty: {name} has rows")


def _restore_objects(objects: ObjectStore, reader: ArchiveReader) -> int:
    names = reader.names(OBJECTS)
    for name in names:
        objects.put(name.removeprefix(OBJECTS), reader.read(name))
    return len(names)
