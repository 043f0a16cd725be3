"""The database's address: `DATABASE_URL`, or made of its parts, or a file in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

Dialect = Literal["sqlite", "postgresql", "mysql"]

_DRIVERS: dict[str, tuple[Dialect, str]] = {
    "sqlite": ("sqlite", "sqlite+aiosqlite"),
    "postgres": ("postgresql", "postgresql+asyncpg"),
    "postgresql": ("postgresql", "postgresql+asyncpg"),
    "mysql": ("mysql", "mysql+aiomysql"),
    "mariadb": ("mysql", "mysql+aiomysql"),
}
_BLOCKING: dict[Dialect, str] = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
}
MYSQL_PORT = 3306


class DatabaseAddressError(ValueError):
    """The address names no database that can be used; the message is one line without the password."""


def parse_address(text: str) -> URL:
    """The address with the driver this service uses. Raises `DatabaseAddressError`."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # whose message repeats the whole text, password and all
        raise DatabaseAddressError("it must be a sqlite://, postgresql://, mysql:// or mariadb:// address") from None
    scheme = url.drivername.partition("+")[0]
    if scheme not in _DRIVERS:
        raise DatabaseAddressError(f"{scheme} is not one of sqlite, postgresql, mysql, mariadb")
    url = url.set(drivername=_DRIVERS[scheme][1])
    return url.update_query_dict({"charset": "utf8mb4"}) if dialect_of(url) == "mysql" else url


def address_of_parts(
    *, engine: str | None, host: str, port: int | None, name: str, user: str | None, password: str | None
) -> URL:
    """The address made of its parts; without `engine`, port 3306 is MySQL's and any other PostgreSQL's."""
    scheme = engine or ("mysql" if port == MYSQL_PORT else "postgresql")
    url = URL.create(scheme, username=user, password=password, host=host, port=port, database=name)
    return parse_address(url.render_as_string(hide_password=False))


def address_of_file(path: Path) -> URL:
    """The address of an SQLite file."""
    return URL.create("sqlite+aiosqlite", database=str(path))


def blocking_address(url: URL) -> URL:
    """The same database with a driver that blocks, for threads."""
    return url.set(drivername=_BLOCKING[dialect_of(url)])


def dialect_of(url: URL) -> Dialect:
    """Which of the three kinds of database it is."""
    return _DRIVERS[url.drivername.partition("+")[0]][0]


def printable_address(url: URL) -> str:
    """The address without its driver, user, password and options."""
    if dialect_of(url) == "sqlite":
        return f"sqlite:///{url.database or ':memory:'}"
    port = f":{url.port}" if url.port else ""
    return f"{dialect_of(url)}://{url.host or ''}{port}/{url.database or ''}"
