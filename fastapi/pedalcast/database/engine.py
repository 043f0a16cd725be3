"""The database as services use it: short transactions, in one of three kinds of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from pedalcast.database.address import Dialect, dialect_of
from pedalcast.database.errors import DatabaseUnavailableError

POOL_SIZE = 10
POOL_OVERFLOW = 10
WAIT_S = 5.0


class Database:
    """One engine. `reading` and `transaction` give a session for the time of a `with` block.

    >>> database = Database(parse_address("sqlite:///pedalcast.db"))
    >>> async with database.transaction() as session:
    ...     await UserRepository(session).add(user)
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = _engine(url)
        self._read = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        writing = self.engine.execution_options(writes=True)
        self._write = async_sessionmaker(writing, expire_on_commit=False, autoflush=False)
        self.waiting = 0  # requests that wait for a connection

    @property
    def dialect(self) -> Dialect:
        """Which kind of database it is."""
        return dialect_of(self.url)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries; nothing it writes is kept. Raises `DatabaseUnavailableError`."""
        async with self._read() as session:
            await self._connect(session)
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose writes are kept together, or not at all. Raises `DatabaseUnavailableError`."""
        async with self._write() as session:
            await self._connect(session)
            yield session
            await session.commit()

    async def problem(self) -> str | None:
        """What keeps the database from answering, None where nothing does."""
        try:
            async with self.reading() as session:
                await session.execute(text("SELECT 1"))
        except (DatabaseUnavailableError, DBAPIError) as error:
            return str(error).splitlines()[0]
        return None

    async def _connect(self, session: AsyncSession) -> None:
        """Take a connection now, so that a database that is away is one error of ours and nothing else's."""
        self.waiting += 1
        try:
            await session.connection()
        except (OSError, DBAPIError, PoolTimeoutError) as error:
            raise DatabaseUnavailableError from error
        finally:
            self.waiting -= 1

    def pool_usage(self) -> tuple[int, int]:
        """Connections in use, and connections open."""
        pool = self.engine.pool
        return (pool.checkedout(), pool.checkedin() + pool.checkedout()) if isinstance(pool, QueuePool) else (0, 0)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _engine(url: URL) -> AsyncEngine:
    if dialect_of(url) == "sqlite":
        return _sqlite_engine(url)
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=WAIT_S,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        **options,
    )


def _sqlite_engine(url: URL) -> AsyncEngine:
    """Write-ahead log, foreign keys on, and a write lock taken at the start of a transaction that writes."""
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, hide_parameters=True, pool_size=5, pool_timeout=WAIT_S)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; `on_begin` sends it
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own knows ASCII letters only; a search would not find "CAFÉ" by "café"
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
