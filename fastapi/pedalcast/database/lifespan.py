"""Builds the database out of the settings, and opens it with this version's schema."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from pedalcast.database.address import address_of_file, address_of_parts, parse_address, printable_address
from pedalcast.database.engine import Database
from pedalcast.database.errors import SchemaError
from pedalcast.database.schema_gate import ensure_schema
from pedalcast.settings import Settings

FILE = "pedalcast.db"


def database_address(settings: Settings) -> URL:
    """`DATABASE_URL`, else its parts, else a file in the data folder. Raises `DatabaseAddressError`."""
    if settings.database_url is not None:
        return parse_address(settings.database_url.get_secret_value())
    if settings.database_host is not None:
        password = settings.database_password
        return address_of_parts(
            engine=settings.database_engine,
            host=settings.database_host,
            port=settings.database_port,
            name=settings.database_name,
            user=settings.database_user,
            password=password.get_secret_value() if password else None,
        )
    return address_of_file(settings.data_dir / FILE)


def build(settings: Settings) -> Database:
    """The database, not yet connected."""
    return Database(database_address(settings))


def check(settings: Settings) -> None:
    """Open the database once, before anything heavy is started. Raises `SchemaError`."""

    async def opened() -> None:
        async with start(build(settings), migrate=settings.database_migrate):
            pass

    asyncio.run(opened())


@asynccontextmanager
async def start(database: Database, *, migrate: bool) -> AsyncIterator[None]:
    """Let it be used while the block runs. Raises `SchemaError`, also when the database cannot be reached."""
    try:
        await ensure_schema(database, migrate=migrate)
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise SchemaError(f"the database {printable_address(database.url)} cannot be used: {reason}") from None
    try:
        yield
    finally:
        await database.close()
