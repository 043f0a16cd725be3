"""`POST /api/v1/bots/{id}/workflow/run`: a workflow tried on a question."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from fastapi import APIRouter

from pedalcast.bots.answering_bot import AnsweringBot
from pedalcast.bots.dependencies import BotId, BotMakerDep, BotsDep
from pedalcast.chat.dependencies import Asker, ChatStateDep
from pedalcast.chat.dry_runs.schemas import DryRunIn, DryRunOut, NodeTraceOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/bots", tags=["bots"])


@router.post("/{bot_id}/workflow/run", summary="Try a workflow", responses=responses(401, 403, 404, 422, 503))
async def run_workflow(  # noqa: PLR0917 (FastAPI calls it by name)
    bots: BotsDep, chat: ChatStateDep, caller: BotMakerDep, asker: Asker, bot_id: BotId, body: DryRunIn
) -> DryRunOut:
    """The draft's graph, or the one that is given, on a question; kept nowhere. The budgets of tokens count."""
    own_id, settings = await bots.workflows.draft(caller, bot_id)
    bot = AnsweringBot.of(own_id, 0, settings)
    if body.graph is not None:
        bot = replace(bot, workflow=bots.workflows.checked(body.graph))
    service = chat.service.chosen(body, bot)
    answer, trace = await service.dry_run(body, uuid4().hex, bot, asker)
    return DryRunOut(
        answer=answer.response,
        answered=answer.metadata.answered,
        sources=answer.sources,
        notes=answer.metadata.notes,
        trace=[NodeTraceOut.model_validate(node) for node in trace],
        milliseconds=round(1e3 * answer.metadata.response_time, 2),
    )
