"""`/api/v1/triple/…`: guests of a single-page client."""

from __future__ import annotations

from fastapi import APIRouter

from pedalcast.accounts.dependencies import AccountsDep, OptionalCallerDep
from pedalcast.accounts.errors import SessionExpiredError
from pedalcast.accounts.guests.schemas import ActivityOut, GuestIn, GuestOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/triple", tags=["guests"])


@router.post("/user", summary="Begin as a guest, or go on as one")
async def begin(accounts: AccountsDep, caller: OptionalCallerDep, body: GuestIn | None = None) -> GuestOut:
    """The same guest where its token comes as bearer; else a new one."""
    if caller is not None and caller.is_guest and (body is None or body.user_id in (None, caller.user_id)):
        identity = await accounts.guests.renew(caller.user_id)
    else:
        identity = await accounts.guests.create()
    return GuestOut(user_id=identity.user_id, token=identity.token)


@router.post("/activity", summary="Whether the session lives; it lives on", responses=responses(401))
async def activity(accounts: AccountsDep, caller: OptionalCallerDep, body: GuestIn | None = None) -> ActivityOut:
    """By `user_id`, or by the bearer token."""
    if caller is not None and not caller.is_guest:
        return ActivityOut(user_id=caller.user_id)
    user_id = caller.user_id if caller is not None else body.user_id if body is not None else None
    if user_id is None:
        raise SessionExpiredError
    user = await accounts.guests.touch(user_id)
    return ActivityOut(user_id=user.id)
