"""`/api/v1/bots/{id}/workflow` and `/api/v1/workflows/…`: the graphs that bots answer by."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from pedalcast.bots.dependencies import BotId, BotMakerDep, BotReaderDep, BotsDep
from pedalcast.bots.workflows.schemas import Which, WorkflowExamplesOut, WorkflowOut, WorkflowSchemaOut
from pedalcast.kit.errors import responses
from pedalcast.rag.flow.default_graphs import example_graphs
from pedalcast.rag.flow.graph import json_schema

router = APIRouter(prefix="/api/v1", tags=["bots"])
_BODY = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Graph"}}}}}


@router.get("/bots/{bot_id}/workflow", summary="A bot's workflow", responses=responses(401, 403, 404, 422))
async def read_workflow(
    bots: BotsDep, caller: BotReaderDep, bot_id: BotId, which: Annotated[Which | None, Query()] = None
) -> WorkflowOut:
    """For whoever may ask the bot: the draft for those who may change it, unless they ask otherwise, else what answers.

    One without a graph of its own answers by the default one. What models are told is for its editors alone.
    """
    return await bots.workflows.read(caller, bot_id, which)


@router.put(
    "/bots/{bot_id}/workflow",
    summary="Give a bot a workflow",
    responses=responses(401, 403, 404, 422),
    openapi_extra=_BODY,
)
async def change_workflow(
    bots: BotsDep, caller: BotMakerDep, bot_id: BotId, graph: Annotated[dict[str, Any], Body()]
) -> WorkflowOut:
    """A draft until it is published. One that cannot run is refused; `errors` names node and field of each fault."""
    return await bots.workflows.change(caller, bot_id, graph)


@router.delete("/bots/{bot_id}/workflow", summary="Go back to the default workflow", responses=responses(401, 403, 404))
async def reset_workflow(bots: BotsDep, caller: BotMakerDep, bot_id: BotId) -> WorkflowOut:
    """A draft without a graph of its own, until it is published."""
    return await bots.workflows.change(caller, bot_id, None)


@router.get("/workflows/schema", summary="The JSON Schema of workflows")
async def read_schema(bots: BotsDep) -> WorkflowSchemaOut:
    """What a graph may have; what cannot be said in a schema is checked when it is saved."""
    return WorkflowSchemaOut(data=json_schema(bots.workflows.max_nodes))


@router.get("/workflows/examples", summary="Workflows to begin with")
async def list_examples() -> WorkflowExamplesOut:
    """The default one, a condition on live stock, two searches joined."""
    return WorkflowExamplesOut(data=example_graphs())
