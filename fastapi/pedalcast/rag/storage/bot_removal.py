"""Removes everything that is stored of a bot."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from pedalcast.rag.storage.chunk_tables import chunks, indexed_documents, removed_chunks
from pedalcast.rag.storage.version_rows import raise_version

_BATCH = 500  # of one statement


def remove_bot_rows(connection: Connection, bot: str) -> int:
    """Remove a bot's documents and chunks, note their vectors for deletion, and raise its version.

    Returns how many chunks it had.
    """
    uids = [str(row[0]) for row in connection.execute(select(chunks.c.uid).where(chunks.c.bot_id == bot))]
    for start in range(0, len(uids), _BATCH):
        batch = uids[start : start + _BATCH]
        connection.execute(delete(removed_chunks).where(removed_chunks.c.uid.in_(batch)))
        connection.execute(insert(removed_chunks), [{"uid": uid} for uid in batch])
    connection.execute(delete(chunks).where(chunks.c.bot_id == bot))
    connection.execute(delete(indexed_documents).where(indexed_documents.c.bot_id == bot))
    if uids:
        raise_version(connection, bot)
    return len(uids)
