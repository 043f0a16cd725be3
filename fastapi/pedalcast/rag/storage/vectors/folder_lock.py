"""One process at a time owns the folder of embedded vectors."""

from __future__ import annotations

import fcntl
from pathlib import Path

OWNER_FILE = "owner.lock"


class VectorFolderTakenError(RuntimeError):
    """Another process has the folder of embedded vectors open; the message is one line."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another process keeps its vectors in {folder}: set QDRANT_URL or VECTOR_STORE=pgvector for several"
            " processes, or another DATA_DIR"
        )


class FolderLock:
    """Held from construction until `release`, or until the process ends. Raises `VectorFolderTakenError`.

    >>> lock = FolderLock(folder / "vectors")
    >>> lock.release()
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / OWNER_FILE).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise VectorFolderTakenError(folder) from None

    def release(self) -> None:
        """Let another process have the folder."""
        self._file.close()
