"""What was backed up comes back row by row, on each kind of database, and from one kind to another."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from forecaster.objects import open_objects
from pedalcast.backup.archive import MANIFEST, BackupError
from pedalcast.backup.backup_command import backup, stored_tables
from pedalcast.backup.restore_command import restore
from pedalcast.chats.models import ChatSession
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import ensure_schema
from pedalcast.settings import Settings
from tests.database_rows import AT, fill_tables, read_tables
from tests.database_tables import drop_tables

SECRET = "canary-7f2a-never-in-an-archive"


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None, data_dir=folder, database_url=SecretStr(url), admin_token=SecretStr(SECRET), port=8123
    )


def on_connection(url: str, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        database = Database(parse_address(url))
        await ensure_schema(database, migrate=True)
        async with database.engine.execution_options(writes=True).begin() as connection:
            outcome = await work(connection)
        await database.close()
        return outcome

    return asyncio.run(run())


def filled(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Fill the database; what is in it then."""
    on_connection(url, lambda connection: fill_tables(connection, stored_tables()))
    return contents(url)


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    content: dict[str, list[tuple[Any, ...]]] = on_connection(
        url, lambda connection: read_tables(connection, stored_tables())
    )
    return content


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, dict[str, list[tuple[Any, ...]]]]:
    """An archive of an SQLite file and a registry, and the rows in it."""
    settings = settings_of(f"sqlite:///{tmp_path / 'source.db'}", tmp_path / "source")
    rows = filled(f"sqlite:///{tmp_path / 'source.db'}")
    open_objects(settings.objects_url).put("models/versions/1/manifest.json", b'{"a":1}')
    path = tmp_path / "backup.zip"
    backup(settings, path)
    return path, rows


def test_the_same_kind_of_database(database_url: str, tmp_path: Path) -> None:
    rows = filled(database_url)
    assert all(len(table) == 3 for table in rows.values())
    path = tmp_path / "backup.zip"
    backup(settings_of(database_url, tmp_path / "source"), path)
    asyncio.run(drop_tables(database_url))
    restore(settings_of(database_url, tmp_path / "target"), path)
    assert contents(database_url) == rows


def test_another_kind_of_database_and_the_ids_go_on(
    database_url: str, tmp_path: Path, archive: tuple[Path, dict[str, list[tuple[Any, ...]]]]
) -> None:
    path, rows = archive
    url = database_url if not database_url.startswith("sqlite") else f"sqlite:///{tmp_path / 'target.db'}"
    summary = restore(settings_of(url, tmp_path / "target"), path)
    assert contents(url) == rows
    assert summary == f"{3 * len(rows)} rows of {len(rows)} tables, 1 objects"
    store = open_objects(settings_of(url, tmp_path / "target").objects_url)
    assert store.get("models/versions/1/manifest.json").data == b'{"a":1}'
    chat = {"user_id": rows["users"][0][0], "title": "next", "created_at": AT, "updated_at": AT}

    async def add(connection: AsyncConnection) -> Any:
        return (await connection.execute(insert(ChatSession).values(chat))).inserted_primary_key

    assert on_connection(url, add)[0] == 4


def test_secrets_are_left_out(archive: tuple[Path, Any]) -> None:
    with zipfile.ZipFile(archive[0]) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
        settings = orjson.loads(file.read("settings.json"))
    assert SECRET.encode() not in everything
    assert (settings["admin_token"], settings["port"]) == ("(secret)", 8123)


class TestRefusals:
    def _changed(self, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
        """A copy of the archive with another manifest."""
        other = path.with_name("changed.zip")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == MANIFEST:
                    manifest = orjson.loads(content)
                    change(manifest)
                    content = orjson.dumps(manifest)
                target.writestr(name, content)
        return other

    def _refusal(self, path: Path, tmp_path: Path) -> str:
        url = f"sqlite:///{tmp_path / 'target.db'}"
        with pytest.raises(BackupError) as error:
            restore(settings_of(url, tmp_path / "target"), path)
        assert "\n" not in str(error.value)
        assert not any(contents(url).values())  # nothing was written
        return str(error.value)

    def test_a_newer_format(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        path = self._changed(archive[0], lambda manifest: manifest.update(format=2, version="9.0"))
        assert "newer version (9.0)" in self._refusal(path, tmp_path)

    def test_a_newer_schema(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        path = self._changed(archive[0], lambda manifest: manifest.update(revision="9999_later"))
        assert "newer version" in self._refusal(path, tmp_path)

    def test_damage(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        path = self._changed(archive[0], lambda manifest: manifest["files"].update({"tables/users.jsonl": "0" * 64}))
        assert "tables/users.jsonl in the backup is damaged" in self._refusal(path, tmp_path)

    def test_what_is_no_archive(self, tmp_path: Path) -> None:
        path = tmp_path / "text.zip"
        path.write_text("no archive")
        assert "cannot be read as a backup" in self._refusal(path, tmp_path)

    def test_a_database_that_is_not_empty(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'full.db'}"
        filled(url)
        with pytest.raises(BackupError, match="is not empty"):
            restore(settings_of(url, tmp_path / "target"), archive[0])

    def test_a_registry_that_is_not_empty(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        settings = settings_of(f"sqlite:///{tmp_path / 'target.db'}", tmp_path / "target")
        open_objects(settings.objects_url).put("models/versions/2/manifest.json", b"{}")
        with pytest.raises(BackupError, match="object store already"):
            restore(settings, archive[0])

    def test_a_file_that_is_there(self, archive: tuple[Path, Any], tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="exists already"):
            backup(settings_of(f"sqlite:///{tmp_path / 'source.db'}", tmp_path / "source"), archive[0])


def test_the_commands(tmp_path: Path) -> None:
    def pedalcast(*arguments: str, data: str) -> str:
        command = [sys.executable, "-m", "pedalcast", *arguments]
        environment = {"DATA_DIR": str(tmp_path / data), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    assert "0 objects" in pedalcast("backup", "b.zip", data="source")
    assert "0 objects" in pedalcast("restore", "b.zip", data="target")
