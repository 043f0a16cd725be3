"""Which chunks a change of the embedding model has left behind.

A collection's name is the fingerprint of its model (`EmbeddingModels.collection`): a chunk that has vectors in another
collection and none in the present one was embedded before the change. One without any is merely new.
"""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from pedalcast.rag.storage.chunk_tables import chunk_vectors, chunks


def left_behind(engine: Engine, collection: str, lang: str) -> dict[str, int]:
    """How many chunks of a language have vectors of other models alone, by bot; bots without any are left out."""
    here = chunk_vectors.alias()
    present = select(here.c.chunk_id).where(here.c.collection == collection, here.c.chunk_id == chunks.c.id)
    elsewhere = select(chunk_vectors.c.chunk_id).where(
        chunk_vectors.c.collection != collection, chunk_vectors.c.chunk_id == chunks.c.id
    )
    query = (
        select(chunks.c.bot_id, func.count())
        .where(chunks.c.lang == lang, elsewhere.exists(), ~present.exists())
        .group_by(chunks.c.bot_id)
    )
    with engine.connect() as connection:
        return {str(bot): int(count) for bot, count in connection.execute(query)}
