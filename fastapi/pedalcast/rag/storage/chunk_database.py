"""The engine below the chunk store: the service's database, or an SQLite file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from pedalcast.database.base_model import BaseModel
from pedalcast.rag.storage.chunk_tables import CHUNK_TABLES

POOL_SIZE = 8


def open_engine(url: str | None, path: Path) -> Engine:
    """The engine of `url`, whose tables migrations make; without one, of the SQLite file `path`, tables included."""
    if url is not None and not url.startswith("sqlite"):
        return create_engine(url, pool_size=POOL_SIZE, pool_pre_ping=True, pool_recycle=1800, hide_parameters=True,
                             isolation_level="READ COMMITTED")  # fmt: skip
    file = Path(make_url(url).database or "") if url else path
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = _sqlite_engine(file)
    if url is None:
        with engine.execution_options(writes=True).begin() as connection:
            BaseModel.metadata.create_all(connection, tables=list(CHUNK_TABLES))
    return engine


def _sqlite_engine(file: Path) -> Engine:
    """Write-ahead log, foreign keys on, and a write lock taken at the start of a transaction that writes."""
    engine = create_engine(f"sqlite:///{file}", hide_parameters=True, pool_size=POOL_SIZE)

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; `on_begin` sends it
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
