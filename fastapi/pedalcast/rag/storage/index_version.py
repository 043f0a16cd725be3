"""Which version of a bot's documents is current, asked often and answered mostly from memory."""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import Protocol

from pedalcast.rag.storage.chunk_store import ChunkStore

FRESH_S = 0.25  # how long an answer is believed


class VersionBoard(Protocol):
    """Where processes tell each other of new versions; the database stays the truth."""

    def read(self, bot: str) -> int | None:
        """The last version published, None where there is none or the board is away."""

    def publish(self, bot: str, version: int) -> None:
        """Tell of a version. A board that is away is no fault: readers ask the database then."""


class IndexVersions:
    """The versions of all bots. Without a board each question goes to the database."""

    def __init__(self, store: ChunkStore, board: VersionBoard | None = None, *, fresh_s: float = FRESH_S) -> None:
        self._store, self._board, self._fresh_s = store, board, fresh_s
        self._seen: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def current(self, bot: str) -> int:
        """The bot's version, at most `fresh_s` seconds old."""
        with self._lock:
            version, until = self._seen.get(bot, (0, 0.0))
        if monotonic() < until:
            return version
        version = self._read(bot)
        self._remember(bot, version)
        return version

    def publish(self, bot: str) -> None:
        """Tell every process that this bot's documents have changed."""
        version = self._store.version(bot)
        self._remember(bot, version)
        if self._board is not None:
            self._board.publish(bot, version)

    def _read(self, bot: str) -> int:
        version = self._board.read(bot) if self._board is not None else None
        return self._store.version(bot) if version is None else version

    def _remember(self, bot: str, version: int) -> None:
        with self._lock:
            self._seen[bot] = version, monotonic() + self._fresh_s
