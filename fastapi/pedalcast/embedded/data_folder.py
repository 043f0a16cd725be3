"""Where a system's data lie on this machine, and who uses them."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pedalcast.embedded.errors import RunError
from pedalcast.embedded.local_redis.pidfile import end_leftover


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of one system: its Redis, its object store, its token."""

    folder: Path

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def city(self) -> Path:
        return self.folder / "city.json"

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Keep other runs out. The lock falls with the process, however it ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / "run.lock").open("a+")
        except OSError as error:
            raise RunError(f"cannot write to {self.folder}: {error.strerror}") from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunError(
                    f"another run uses {self.folder}; stop it, or choose another folder with --data"
                ) from None
            yield

    def empty(self) -> None:
        """Remove the Redis and the object store of earlier runs."""
        end_leftover(self.redis / "redis.pid", str(self.redis))
        for folder in (self.redis, self.folder / "objects"):
            shutil.rmtree(folder, ignore_errors=True)

    def admin_token(self) -> tuple[str, bool]:
        """The token of this system, made when there is none yet; True when it was made just now."""
        path = self.folder / "admin-token"
        if path.exists():
            return path.read_text().strip(), False
        token = secrets.token_urlsafe(24)
        write_private(path, token.encode())
        return token, True


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only this user can read; readers see the old or the new whole."""
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    aside.replace(path)
