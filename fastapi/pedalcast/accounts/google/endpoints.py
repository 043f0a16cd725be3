"""`/api/v1/auth/login/google` and `/api/v1/auth/callback/google`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request
from starlette.responses import RedirectResponse

from pedalcast.accounts.dependencies import AccountsDep
from pedalcast.accounts.google.openid_client import OpenIdError
from pedalcast.accounts.google.service import PENDING_S
from pedalcast.accounts.sessions.cookies import PATH, set_cookies
from pedalcast.kit.errors import responses

STATE_COOKIE = "pedalcast_openid"
router = APIRouter(prefix=PATH, tags=["accounts"])


@router.get("/login/google", status_code=302, summary="Sign in with Google", responses=responses(404, 503))
async def begin(request: Request, accounts: AccountsDep) -> RedirectResponse:
    """Sends the browser to Google."""
    base = accounts.public_url or str(request.base_url).rstrip("/")
    url, state = await accounts.google.begin(f"{base}{PATH}/callback/google")
    response = RedirectResponse(url, 302)
    response.set_cookie(
        STATE_COOKIE, state, max_age=PENDING_S, path=f"{PATH}/callback", secure=True, httponly=True, samesite="lax"
    )
    return response


@router.get("/callback/google", status_code=303, summary="Come back from Google", responses=responses(401, 404, 409))
async def finish(
    accounts: AccountsDep,
    state: Annotated[str, Query(max_length=128)],
    code: Annotated[str, Query(max_length=2048)] = "",
    pedalcast_openid: Annotated[str | None, Cookie(max_length=128)] = None,
) -> RedirectResponse:
    """Sets the refresh cookie and shows the page, which then asks for an access token."""
    if not code:  # the person declined
        raise OpenIdError
    signed_in = await accounts.google.finish(state, pedalcast_openid, code)
    response = RedirectResponse("/", 303)
    set_cookies(response, signed_in)
    response.delete_cookie(STATE_COOKIE, path=f"{PATH}/callback", secure=True, httponly=True, samesite="lax")
    return response
