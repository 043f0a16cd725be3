"""`/api/v1/bots/{id}/versions/…`: versions of a bot's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from pedalcast.bots.dependencies import BotId, BotMakerDep, BotsDep
from pedalcast.bots.schemas import BotComparisonOut, BotVersionOut, BotVersionsOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/bots/{bot_id}/versions", tags=["bots"], responses=responses(401, 403, 404, 422))
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("", summary="Versions of a bot, the newest first")
async def list_versions(
    bots: BotsDep,
    caller: BotMakerDep,
    bot_id: BotId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, description="`next` of the page before")] = None,
) -> BotVersionsOut:
    """For whoever may change the bot."""
    bot, rows = await bots.versions.page(caller, bot_id, limit + 1, before)
    following = rows[limit - 1].number if len(rows) > limit else None
    return BotVersionsOut(data=[BotVersionOut.of(row, bot.published) for row in rows[:limit]], next=following)


@router.get("/compare", summary="What two versions have differently")
async def compare_versions(
    bots: BotsDep,
    caller: BotMakerDep,
    bot_id: BotId,
    before: Annotated[int, Query(ge=1)],
    after: Annotated[int, Query(ge=1)],
) -> BotComparisonOut:
    """Field by field."""
    return BotComparisonOut(data=await bots.versions.compare(caller, bot_id, before, after))


@router.post("/{number}/publish", summary="Let a version answer")
async def publish(bots: BotsDep, caller: BotMakerDep, bot_id: BotId, number: Number) -> BotVersionOut:
    """From the next question on."""
    bot, version = await bots.versions.publish(caller, bot_id, number)
    return BotVersionOut.of(version, bot.published)


@router.post("/{number}/revert", status_code=201, summary="Go back to a version")
async def revert(bots: BotsDep, caller: BotMakerDep, bot_id: BotId, number: Number) -> BotVersionOut:
    """A new draft with its settings; it answers when it is published."""
    bot, version = await bots.versions.revert(caller, bot_id, number)
    return BotVersionOut.of(version, bot.published)
