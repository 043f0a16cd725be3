"""Tells every process that a bot's documents have changed, after a transaction of a request."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from pedalcast.rag.storage.index_version import VersionBoard
from pedalcast.rag.storage.version_rows import read_version

log = structlog.get_logger(__name__)


class VersionNotice:
    """Called with a bot's id; blocks for a moment, raises nothing."""

    def __init__(self, engine: Engine, board: VersionBoard) -> None:
        self._engine, self._board = engine, board

    def __call__(self, bot_id: str) -> None:
        try:
            with self._engine.connect() as connection:
                version = read_version(connection, bot_id)
        except DBAPIError as error:  # whoever works on the document next tells of it again
            log.warning("database unavailable, version not announced", error=type(error).__name__)
            return
        self._board.publish(bot_id, version)
