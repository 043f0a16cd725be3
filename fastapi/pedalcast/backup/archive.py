"""The archive: a ZIP file of `manifest.json`, `tables/{name}.jsonl`, `objects/{key}` and `settings.json`.

The manifest is written last and names everything with its SHA-256; without it a file is no archive.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import orjson

from pedalcast.backup.row_format import StoredTable

FORMAT = 1
MANIFEST, SETTINGS = "manifest.json", "settings.json"
_PART = 1 << 20


class BackupError(RuntimeError):
    """A backup or a restore cannot be done; the message is one line and carries no secret."""


class ArchiveManifest(TypedDict):
    """What an archive holds. `revision` is the schema's; `files` maps each file's name to its SHA-256."""

    format: int
    version: str
    revision: str
    made_at: str
    tables: list[StoredTable]
    files: dict[str, str]


def table_file(name: str) -> str:
    """Where a table's rows are."""
    return f"tables/{name}.jsonl"


class ArchiveWriter:
    """Writes files and remembers their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, str] = {}

    def write(self, name: str, content: bytes) -> None:
        """A whole file."""
        self._archive.writestr(name, content)
        self.files[name] = hashlib.sha256(content).hexdigest()

    def write_manifest(self, manifest: ArchiveManifest) -> None:
        """The last file."""
        self._archive.writestr(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))

    async def write_lines(self, name: str, lines: Any) -> int:
        """A file of lines as they come; their number."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as file:
            async for line in lines:
                file.write(line)
                digest.update(line)
                count += 1
        self.files[name] = digest.hexdigest()
        return count


class ArchiveReader:
    """An archive whose manifest could be read. Raises `BackupError` for what is none, or one of a newer version."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        try:
            manifest = orjson.loads(archive.read(MANIFEST))
            format_number = int(manifest["format"])
        except (KeyError, TypeError, ValueError):
            raise BackupError("the file is not a backup, or one that was not finished") from None
        if format_number > FORMAT:
            raise BackupError(f"the backup was made by a newer version ({manifest.get('version')})")
        self.manifest: ArchiveManifest = manifest

    def verify(self) -> None:
        """Read everything once. Raises `BackupError` for a file that is missing or damaged."""
        for name, expected in self.manifest["files"].items():
            digest = hashlib.sha256()
            try:
                with self._archive.open(name) as file:
                    while part := file.read(_PART):
                        digest.update(part)
            except (KeyError, zipfile.BadZipFile) as error:
                raise BackupError(f"{name} in the backup cannot be read") from error
            if digest.hexdigest() != expected:
                raise BackupError(f"{name} in the backup is damaged")

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines."""
        with self._archive.open(name) as file:
            yield from file

    def read(self, name: str) -> bytes:
        """A whole file."""
        return self._archive.read(name)

    def names(self, prefix: str) -> list[str]:
        """The files below a folder."""
        return [name for name in self.manifest["files"] if name.startswith(prefix)]


def open_archive(path: Path) -> zipfile.ZipFile:
    """The file, for reading. Raises `BackupError`."""
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise BackupError(f"{path} cannot be read as a backup") from None
