"""Transactions and times, on each kind of database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from pedalcast.accounts.models import User
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.database.repository import BaseRepository
from pedalcast.database.schema_gate import ensure_schema
from tests.pedalcast.database.test_schema_gate import on

MOMENT = datetime(2026, 11, 20, 21, 0, 7, 123456, tzinfo=timezone(timedelta(hours=9)))


class Users(BaseRepository[User]):
    """The simplest repository."""

    model = User


def user(name: str) -> User:
    return User(id=name, kind="member", username=name, username_key=name, created_at=MOMENT, preferences={"빛": 1})


def test_what_was_written_is_read_back_to_the_microsecond(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        async with database.transaction() as session:
            await Users(session).add(user("자전거🚲"))
        async with database.reading() as session:
            row = await Users(session).get("자전거🚲")
            assert row is not None
            assert row.created_at == MOMENT
            assert row.created_at.tzinfo is UTC
            assert row.preferences == {"빛": 1}

    on(database_url, scene)


def test_text_is_compared_letter_by_letter(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        async with database.transaction() as session:
            await Users(session).add(user("rider"))
            await Users(session).add(user("Rider"))
        async with database.reading() as session:
            assert await Users(session).count(select(User).where(User.username == "RIDER")) == 0

    on(database_url, scene)


def test_a_transaction_that_fails_keeps_nothing(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        with pytest.raises(LookupError):
            await _fails_after_writing(database)
        async with database.reading() as session:
            assert await Users(session).count(select(User)) == 0

    on(database_url, scene)


async def _fails_after_writing(database: Database) -> None:
    async with database.transaction() as session:
        await Users(session).add(user("rider"))
        raise LookupError


def test_writers_at_the_same_time_wait_for_each_other(database_url: str) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)

        async def write(number: int) -> None:
            async with database.transaction() as session:
                await Users(session).all(select(User))
                await Users(session).add(user(f"rider-{number}"))

        await asyncio.gather(*(write(number) for number in range(20)))
        async with database.reading() as session:
            assert await Users(session).count(select(User)) == 20
        assert database.waiting == 0

    on(database_url, scene)


@pytest.mark.parametrize("url", ["postgresql://u@127.0.0.1:9/n", "mysql://u@127.0.0.1:9/n"])
def test_a_database_that_is_away_is_one_error(url: str) -> None:
    async def scene(database: Database) -> None:
        with pytest.raises(DatabaseUnavailableError):
            async with database.reading():
                pass
        assert await database.problem() is not None

    on(url, scene)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    async def scene(database: Database) -> None:
        await ensure_schema(database, migrate=True)
        naive = user("rider")
        naive.created_at = MOMENT.replace(tzinfo=None)
        with pytest.raises(Exception, match="without a zone"):
            async with database.transaction() as session:
                await Users(session).add(naive)

    on(f"sqlite:///{tmp_path / 'a.db'}", scene)
    assert parse_address("sqlite:///a.db").database == "a.db"
