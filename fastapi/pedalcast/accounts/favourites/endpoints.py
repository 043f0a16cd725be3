"""`/api/v1/favourites` and `/api/v1/alerts`."""

from __future__ import annotations

from fastapi import APIRouter

from pedalcast.accounts.dependencies import AccountsDep, CallerDep
from pedalcast.accounts.favourites.schemas import (
    AlertRuleChangeIn,
    AlertRuleIn,
    AlertRuleOut,
    AlertRulesOut,
    FavouriteIn,
    FavouritesOut,
)
from pedalcast.accounts.models import AlertRule
from pedalcast.accounts.schemas import Success
from pedalcast.kit.errors import responses
from pedalcast.kit.web.paths import StationId

router = APIRouter(prefix="/api/v1", tags=["favourites"], responses=responses(401))


@router.get("/favourites", summary="My stations")
async def list_favourites(accounts: AccountsDep, caller: CallerDep) -> FavouritesOut:
    """In the order they were marked."""
    rows = await accounts.favourites.favourites(caller.user_id)
    return FavouritesOut(data=[FavouriteIn(station_id=row.station_id, label=row.label) for row in rows])


@router.put("/favourites", summary="Mark a station", responses=responses(409))
async def mark(accounts: AccountsDep, caller: CallerDep, body: FavouriteIn) -> Success:
    """Marking it again names it anew."""
    await accounts.favourites.mark(caller.user_id, body.station_id, body.label)
    return Success(message="The station is a favourite.")


@router.delete("/favourites/{station_id:anything}", summary="Take the mark off", responses=responses(404))
async def unmark(accounts: AccountsDep, caller: CallerDep, station_id: StationId) -> Success:
    """The station is no favourite any more."""
    await accounts.favourites.unmark(caller.user_id, station_id)
    return Success(message="The station is no favourite any more.")


@router.get("/alerts", summary="My alert rules")
async def list_rules(accounts: AccountsDep, caller: CallerDep) -> AlertRulesOut:
    """In the order they were made."""
    return AlertRulesOut(data=[_rule(row) for row in await accounts.favourites.rules(caller.user_id)])


@router.post("/alerts", status_code=201, summary="Make an alert rule", responses=responses(409))
async def add_rule(accounts: AccountsDep, caller: CallerDep, body: AlertRuleIn) -> AlertRuleOut:
    """Tell me when bikes (or docks) fall to a number within some minutes: at a station, at all of several, or in an
    area. One notification `alert` comes, worded as advice, and no other until it is over."""
    return _rule(await accounts.favourites.add_rule(caller.user_id, body))


@router.patch("/alerts/{rule_id}", summary="Switch an alert rule on or off", responses=responses(404))
async def switch_rule(accounts: AccountsDep, caller: CallerDep, rule_id: int, body: AlertRuleChangeIn) -> AlertRuleOut:
    """One that is off tells nobody."""
    return _rule(await accounts.favourites.switch_rule(caller.user_id, rule_id, active=body.active))


@router.delete("/alerts/{rule_id}", summary="Remove an alert rule", responses=responses(404))
async def remove_rule(accounts: AccountsDep, caller: CallerDep, rule_id: int) -> Success:
    """It tells nobody any more."""
    await accounts.favourites.remove_rule(caller.user_id, rule_id)
    return Success(message="The rule is removed.")


def _rule(row: AlertRule) -> AlertRuleOut:
    return AlertRuleOut.model_validate(row, from_attributes=True)
