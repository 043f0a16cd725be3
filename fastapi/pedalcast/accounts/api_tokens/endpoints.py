"""`/api/v1/auth/tokens`: programs' tokens."""

from __future__ import annotations

from fastapi import APIRouter

from pedalcast.accounts.api_tokens.schemas import ApiTokenIn, ApiTokenOut, ApiTokensOut, NewApiTokenOut
from pedalcast.accounts.dependencies import AccountsDep, MemberDep
from pedalcast.accounts.schemas import Success
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/auth/tokens", tags=["accounts"], responses=responses(401, 403))


@router.get("", summary="My tokens")
async def list_tokens(accounts: AccountsDep, caller: MemberDep) -> ApiTokensOut:
    """Those that are not revoked, newest first."""
    return ApiTokensOut(data=[ApiTokenOut.of(row) for row in await accounts.api_tokens.of_caller(caller)])


@router.post("", status_code=201, summary="Make a token; it is shown this once")
async def create_token(accounts: AccountsDep, caller: MemberDep, body: ApiTokenIn) -> NewApiTokenOut:
    """It acts as its owner, within its scopes."""
    row, token = await accounts.api_tokens.create(caller, body.name, body.scopes, body.days)
    return NewApiTokenOut(**ApiTokenOut.of(row).model_dump(), token=token)


@router.delete("/{token_id}", summary="Revoke a token", responses=responses(404))
async def revoke_token(accounts: AccountsDep, caller: MemberDep, token_id: int) -> Success:
    """It works no more, at once."""
    await accounts.api_tokens.revoke(caller, token_id)
    return Success(message="The token is revoked.")
