"""`/api/v1/admin/answers`: what the chat should do better."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from pedalcast.accounts.dependencies import AdminDep
from pedalcast.admin.schemas import AttentionOut
from pedalcast.admin.service import Attention, AttentionService
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.errors import responses

AttentionDep = Annotated[AttentionService, Depends(state_of("attention", AttentionService))]
router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=responses(401, 403))


@router.get("/answers", summary="Answers with bad feedback, or questions nobody could answer",
            responses=responses(422))  # fmt: skip
async def list_answers(  # noqa: PLR0917 (FastAPI calls it by name)
    attention: AttentionDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    feedback: Annotated[Attention, Query(description="`down`: bad feedback; `unanswered`: no answer")] = "down",
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    bot_id: Annotated[str | None, Query(max_length=64, description="of this bot alone")] = None,
) -> AttentionOut:
    """The newest first; nothing in it says who asked."""
    rows = await attention.page(feedback, limit + 1, decode_cursor(cursor), bot_id)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return AttentionOut(data=rows[:limit], next=following)
