"""What endpoints ask for: the accounts' services, and who is calling."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.kit.errors import ForbiddenError, UnauthorizedError

_bearer = HTTPBearer(auto_error=False, description="an access token, a guest's token, or a program's token")
_header = APIKeyHeader(
    name="X-Admin-Token", auto_error=False, description="the admin token, where no bearer token can be sent"
)


def get_accounts(request: Request) -> Accounts:
    """The services of accounts."""
    accounts = request.app.state.accounts
    assert isinstance(accounts, Accounts)  # noqa: S101 (set before any request)
    return accounts


AccountsDep = Annotated[Accounts, Depends(get_accounts)]
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def optional_caller(accounts: AccountsDep, credentials: BearerDep) -> Caller | None:
    """Who is calling, None without a token. Raises `AccessTokenError` for a wrong one."""
    return None if credentials is None else await accounts.identify(credentials.credentials)


OptionalCallerDep = Annotated[Caller | None, Depends(optional_caller)]


async def require_caller(caller: OptionalCallerDep) -> Caller:
    """Who is calling: a member, a guest or a program. 401 without a token."""
    if caller is None:
        raise UnauthorizedError
    return caller


CallerDep = Annotated[Caller, Depends(require_caller)]


async def require_member(caller: CallerDep) -> Caller:
    """A person with an account, or a program with the scope `account`. 403 for guests."""
    if caller.is_guest:
        raise ForbiddenError("This needs an account.", "account_needed")
    caller.require_scope("account")
    return caller


MemberDep = Annotated[Caller, Depends(require_member)]


async def require_admin(
    accounts: AccountsDep, credentials: BearerDep, header: Annotated[str | None, Depends(_header)]
) -> Caller:
    """An admin, a program of one with the scope `admin`, or the holder of `ADMIN_TOKEN`.

    401 without a token, 403 with any other.
    """
    given = credentials.credentials if credentials is not None else header
    if given is None:
        raise UnauthorizedError("This needs an admin's token, as a bearer token or in X-Admin-Token.")
    return await accounts.identify_admin(given)


AdminDep = Annotated[Caller, Depends(require_admin)]
