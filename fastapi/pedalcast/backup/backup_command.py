"""`python -m pedalcast backup FILE`: everything that cannot be made again."""

from __future__ import annotations

import asyncio
import zipfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
from pydantic import SecretStr
from sqlalchemy import Table

from forecaster.objects import ObjectStore, open_objects
from pedalcast.backup.archive import FORMAT, SETTINGS, ArchiveWriter, BackupError, table_file
from pedalcast.backup.row_format import lines_of, stored_table
from pedalcast.database import lifespan
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import code_revision
from pedalcast.settings import Settings
from pedalcast.tables import BaseModel

PREFIXES = ("models/", "documents/")  # of the object store: the registry and uploaded files; history is not kept here
OBJECTS = "objects/"


def backup(settings: Settings, path: Path) -> str:
    """Write the archive, whole or not at all; a line that says what is in it. Raises `BackupError`, `SchemaError`."""
    if path.exists():
        raise BackupError(f"{path} exists already")
    objects = open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url)
    part = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            summary = asyncio.run(_write(settings, objects, ArchiveWriter(archive)))
        part.rename(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return summary


async def _write(settings: Settings, objects: ObjectStore, writer: ArchiveWriter) -> str:
    database = lifespan.build(settings)
    async with lifespan.start(database, migrate=settings.database_migrate):
        rows = await _write_tables(database, writer)
    keys = [key for prefix in PREFIXES for key in objects.list(prefix)]
    for key in keys:
        writer.write(OBJECTS + key, objects.get(key).data)
    writer.write(SETTINGS, orjson.dumps(settings_without_secrets(settings), option=orjson.OPT_INDENT_2))
    writer.write_manifest(
        {
            "format": FORMAT,
            "version": version("pedalcast"),
            "revision": code_revision(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tables": [stored_table(table) for table in stored_tables()],
            "files": writer.files,
        }
    )
    return f"{rows} rows of {len(stored_tables())} tables, {len(keys)} objects"


async def _write_tables(database: Database, writer: ArchiveWriter) -> int:
    """All tables as of one moment; the number of their rows."""
    level = {} if database.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    async with database.engine.execution_options(**level).connect() as connection, connection.begin():
        counts = [
            await writer.write_lines(table_file(table.name), lines_of(connection, table)) for table in stored_tables()
        ]
    return sum(counts)


def stored_tables() -> list[Table]:
    """The tables whose rows are kept, those that others refer to first.

    What is made again from others, such as vectors, says so: `info={"rebuilt": True}`.
    """
    return [table for table in BaseModel.metadata.sorted_tables if not table.info.get("rebuilt")]


def settings_without_secrets(settings: Settings) -> dict[str, object]:
    """The settings that are not the defaults, by name; a secret's value is left out."""
    content = settings.model_dump(mode="json", exclude_defaults=True)
    return {
        name: "(secret)" if isinstance(getattr(settings, name), SecretStr) else value for name, value in content.items()
    }
