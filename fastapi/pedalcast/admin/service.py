"""Lists of answers that need somebody's attention."""

from __future__ import annotations

from typing import Literal

from pedalcast.admin.repository import AnswerRepository, UnansweredRepository
from pedalcast.admin.schemas import AttentionItem
from pedalcast.database.engine import Database

Attention = Literal["down", "unanswered"]


class AttentionService:
    """For admins; nothing in it says who asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, feedback: Attention, limit: int, before: int | None, bot_id: str | None = None
    ) -> list[AttentionItem]:
        """Answers with bad feedback, or questions nobody could answer, of all bots or one; the newest first."""
        async with self._database.reading() as session:
            if feedback == "down":
                answers = await AnswerRepository(session).rated_down(limit, before, bot_id)
                return [AttentionItem.of_answer(row) for row in answers]
            questions = await UnansweredRepository(session).page(limit, before, bot_id)
            return [AttentionItem.of_question(row) for row in questions]
