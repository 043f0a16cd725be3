"""A version number a bot: the truth of which state of its documents an index must have."""

from __future__ import annotations

import time

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from pedalcast.rag.storage.chunk_tables import index_versions


def read_version(connection: Connection, bot: str) -> int:
    """The bot's version, 0 where it never had a document."""
    version = connection.execute(select(index_versions.c.version).where(index_versions.c.bot_id == bot)).scalar()
    return int(version or 0)


def raise_version(connection: Connection, bot: str) -> int:
    """The bot's next version: milliseconds since 1970, so that it grows even after a database was restored."""
    version = max(int(time.time() * 1000), read_version(connection, bot) + 1)
    raised = update(index_versions).where(index_versions.c.bot_id == bot).values(version=version)
    if not connection.execute(raised).rowcount:
        try:
            with connection.begin_nested():
                connection.execute(insert(index_versions), {"bot_id": bot, "version": version})
        except IntegrityError:  # another process has written the bot's first document meanwhile
            connection.execute(raised)
    return version
