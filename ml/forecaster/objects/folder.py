"""Objects in a local folder: what the embedded run uses."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from forecaster.objects.base import Blob, ObjectConflict, ObjectNotFound, StoreUnavailable, check_key
from forecaster.objects.damage_log import DamageLog

LEFTOVER_SECONDS = 3600  # a temporary file older than this belongs to a writer that has died


class FolderObjects:
    """Keys are paths below `root`. Data are written aside, flushed to the disk, and renamed into place.

    Conditional writes hold a lock of the operating system (it falls with the process that held it); plain writes hold
    it shared, so that none slips between a condition and its rename.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._aside = root / ".writing"
        self.damage = DamageLog()

    def __repr__(self) -> str:
        return f"FolderObjects({str(self.root)!r})"

    def get(self, key: str) -> Blob:
        """See `ObjectStore.get`."""
        with self._errors_named(key):
            data = self._path(key).read_bytes()
            return Blob(data, _etag(data))

    def put(self, key: str, data: bytes, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """See `ObjectStore.put`."""
        path = self._path(key)
        with self._errors_named(key):
            written = self._write_aside(io.BytesIO(data))
            try:
                with self._lock(exclusive=if_absent or if_match is not None):
                    _check_condition(path, key, if_absent=if_absent, if_match=if_match)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    written.replace(path)
            finally:
                written.unlink(missing_ok=True)
            _flush_folder(path.parent)
        return _etag(data)

    def put_file(self, key: str, path: Path) -> None:
        """See `ObjectStore.put_file`."""
        target = self._path(key)
        with self._errors_named(key), path.open("rb") as source:
            written = self._write_aside(source)
            try:
                with self._lock(exclusive=False):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    written.replace(target)
            finally:
                written.unlink(missing_ok=True)
            _flush_folder(target.parent)

    def fetch_file(self, key: str, path: Path) -> None:
        """See `ObjectStore.fetch_file`."""
        with self._errors_named(key):
            shutil.copyfile(self._path(key), path)

    def list(self, prefix: str = "") -> list[str]:
        """See `ObjectStore.list`."""
        top = self.root / prefix.rpartition("/")[0]
        keys: list[str] = []
        with self._errors_named(prefix):
            for folder, folders, files in os.walk(top, onerror=_raise_unless_absent):
                folders[:] = [name for name in folders if not name.startswith(".")]
                base = Path(folder).relative_to(self.root).as_posix()
                keys += [name if base == "." else f"{base}/{name}" for name in files if not name.startswith(".")]
        return sorted(key for key in keys if key.startswith(prefix))

    def exists(self, key: str) -> bool:
        """See `ObjectStore.exists`."""
        with self._errors_named(key):
            return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        with self._errors_named(key), self._lock(exclusive=True):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _write_aside(self, source: BinaryIO) -> Path:
        if not self._aside.is_dir():
            self._aside.mkdir(parents=True, exist_ok=True)
        else:
            self._sweep()
        path = self._aside / uuid.uuid4().hex
        with path.open("xb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _sweep(self) -> None:
        oldest = time.time() - LEFTOVER_SECONDS
        for entry in os.scandir(self._aside):
            try:
                if entry.stat().st_mtime < oldest and entry.name != "lock":
                    Path(entry.path).unlink(missing_ok=True)
            except FileNotFoundError:  # another writer's file, renamed into place meanwhile
                continue

    @contextmanager
    def _lock(self, *, exclusive: bool) -> Iterator[None]:
        self._aside.mkdir(parents=True, exist_ok=True)
        with (self._aside / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    @contextmanager
    def _errors_named(self, key: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, IsADirectoryError) as error:
            raise ObjectNotFound(f"{key}: no such object in {self.root}") from error
        except OSError as error:
            raise StoreUnavailable(f"object store {self.root}: {error.strerror or error} ({key})") from error


def _check_condition(path: Path, key: str, *, if_absent: bool, if_match: str | None) -> None:
    if if_absent and path.exists():
        raise ObjectConflict(f"{key}: already there")
    if if_match is not None and (not path.exists() or _etag(path.read_bytes()) != if_match):
        raise ObjectConflict(f"{key}: changed since it was read")


def _etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()  # as S3 does


def _flush_folder(folder: Path) -> None:
    """Make a rename outlive a power cut: the folder's own entry has to reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raise_unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
