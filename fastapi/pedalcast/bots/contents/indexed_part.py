"""What the search index keeps of a bot."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.rag.storage.bot_removal import remove_bot_rows


class IndexedPart:
    """Indexed documents and their chunks. Their vectors are deleted by whoever sweeps the index next."""

    async def remove_bot(self, session: AsyncSession, bot_id: str) -> None:
        """Remove it all within this transaction."""
        connection = await session.connection()
        await connection.run_sync(remove_bot_rows, bot_id)
