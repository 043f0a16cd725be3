"""`/api/v1/bots/…`: bots."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pedalcast.accounts.schemas import Success
from pedalcast.bots.dependencies import BotId, BotMakerDep, BotReaderDep, BotsDep
from pedalcast.bots.schemas import BotChangeIn, BotIn, BotOut, BotsOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/bots", tags=["bots"])


@router.get("", summary="Bots I may ask", responses=responses(401, 403, 422))
async def list_bots(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request,
    response: Response,
    bots: BotsDep,
    caller: BotReaderDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    mine: Annotated[bool, Query(description="those I may change alone")] = False,  # noqa: FBT002 (a query parameter)
) -> BotsOut:
    """The built-in guide, then mine, my teams' and public ones, the last changed first. `Link` names the next page."""
    rows = await bots.service.page(caller, limit + 1, offset, mine=mine)
    length = limit + sum(row.bot.id == "help" for row in rows)
    if len(rows) > length:
        following = request.url.include_query_params(limit=limit, offset=offset + limit)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return BotsOut(data=[BotOut.of(row, caller) for row in rows[:length]])


@router.post("", status_code=201, summary="Make a bot", responses=responses(401, 403, 404, 409, 422))
async def create_bot(bots: BotsDep, caller: BotMakerDep, body: BotIn) -> BotOut:
    """Private unless said otherwise; its first version answers at once."""
    return BotOut.of(await bots.service.create(caller, body), caller)


@router.get("/{bot_id}", summary="A bot", responses=responses(401, 403, 404))
async def read_bot(bots: BotsDep, caller: BotReaderDep, bot_id: BotId) -> BotOut:
    """Its newest version for whoever may change it, else the published one."""
    return BotOut.of(await bots.service.listed(caller, bot_id), caller)


@router.patch("/{bot_id}", summary="Change or share a bot", responses=responses(401, 403, 404, 422))
async def change_bot(bots: BotsDep, caller: BotMakerDep, bot_id: BotId, body: BotChangeIn) -> BotOut:
    """A change of settings is a new version, a draft until it is published. Only the owner shares."""
    return BotOut.of(await bots.service.change(caller, bot_id, body), caller)


@router.delete("/{bot_id}", summary="Delete a bot", responses=responses(401, 403, 404))
async def delete_bot(bots: BotsDep, caller: BotMakerDep, bot_id: BotId) -> Success:
    """With its documents. For its owner."""
    await bots.service.delete(caller, bot_id)
    return Success(message="The bot is deleted.")
