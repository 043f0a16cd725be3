"""What the endpoints for admins give of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel

from pedalcast.admin.repository import RatedAnswer
from pedalcast.chats.models import SearchLogEntry


class AttentionItem(BaseModel):
    """A question whose answer somebody should look at.

    `answer`, `reason` and `sources` are there for answers with bad feedback; `language` and `route` for questions
    nobody could answer.
    """

    id: int
    bot_id: str
    question: str | None
    answer: str | None = None
    reason: str | None = None
    sources: list[Any] = []
    language: str | None = None
    route: str | None = None
    at: datetime

    @classmethod
    def of_answer(cls, row: RatedAnswer) -> Self:
        """From an answer with bad feedback."""
        return cls.model_validate(row._asdict())

    @classmethod
    def of_question(cls, row: SearchLogEntry) -> Self:
        """From a question in the search log."""
        return cls(
            id=row.id,
            bot_id=row.bot_id,
            question=row.question,
            language=row.language,
            route=row.route,
            at=row.asked_at,
        )


class AttentionOut(BaseModel):
    """A page, the newest first; `next` is the cursor of the following one."""

    success: Literal[True] = True
    data: list[AttentionItem]
    next: str | None
