"""Addresses of databases."""

from __future__ import annotations

import pytest

from pedalcast.database.address import (
    DatabaseAddressError,
    address_of_parts,
    dialect_of,
    parse_address,
    printable_address,
)


@pytest.mark.parametrize(
    ("text", "dialect", "driver"),
    [
        ("sqlite:///a.db", "sqlite", "sqlite+aiosqlite"),
        ("postgres://u:p@h/n", "postgresql", "postgresql+asyncpg"),
        ("postgresql+psycopg://h/n", "postgresql", "postgresql+asyncpg"),
        ("mysql://h/n", "mysql", "mysql+aiomysql"),
        ("mariadb://h:3307/n", "mysql", "mysql+aiomysql"),
    ],
)
def test_each_scheme_gets_the_driver_of_this_service(text: str, dialect: str, driver: str) -> None:
    url = parse_address(text)
    assert (dialect_of(url), url.drivername) == (dialect, driver)


@pytest.mark.parametrize(
    "text", ["oracle://u:hunter2hunter2@h/n", "hunter2hunter2", "postgresql://h:hunter2hunter2x/n"]
)
def test_a_wrong_address_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(DatabaseAddressError) as error:
        parse_address(text)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("engine", "port", "expected"), [(None, 3306, "mysql"), (None, 5432, "postgresql"), ("mysql", None, "mysql")]
)
def test_the_kind_follows_from_the_port_unless_it_is_named(engine: str | None, port: int | None, expected: str) -> None:
    url = address_of_parts(engine=engine, host="db", port=port, name="n", user="u", password="p@ss/word")
    assert dialect_of(url) == expected
    assert url.password == "p@ss/word"


def test_the_printable_address_tells_no_secret() -> None:
    assert printable_address(parse_address("postgresql://u:secret@h:1/n?sslkey=x")) == "postgresql://h:1/n"
