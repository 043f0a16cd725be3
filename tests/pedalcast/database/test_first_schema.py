"""The first schema that people's things were kept in, with data, comes to this version's on each kind of database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import command

from pedalcast.backup.row_format import insert_lines
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import alembic_config, ensure_schema
from pedalcast.tables import BaseModel
from tests.pedalcast.database.test_schema_gate import differences, on

FIRST: dict[str, Any] = orjson.loads((Path(__file__).parent / "first_schema.json").read_bytes())


def test_it_is_migrated_with_its_rows(database_url: str) -> None:
    async def scene(database: Database) -> None:
        async with database.engine.execution_options(writes=True).begin() as connection:
            await connection.run_sync(lambda plain: command.upgrade(alembic_config(plain), FIRST["revision"]))
            for stored in FIRST["tables"]:
                await insert_lines(connection, stored, [orjson.dumps(row) for row in stored["rows"]])
        await ensure_schema(database, migrate=True)
        async with database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
            for stored in FIRST["tables"]:
                table = BaseModel.metadata.tables[stored["name"]]
                kept = [table.c[name] for name in stored["columns"]]
                rows = [list(row) for row in await connection.execute(sa.select(*kept).order_by(*table.primary_key))]
                assert orjson.loads(orjson.dumps(rows)) == stored["rows"], table.name

    on(database_url, scene)
