"""`/api/v1/auth/…`: accounts and signing in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from starlette.responses import RedirectResponse

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.dependencies import AccountsDep, CallerDep, MemberDep
from pedalcast.accounts.errors import AccessTokenError, CredentialsError, RefreshTokenError
from pedalcast.accounts.schemas import (
    ChangePasswordIn,
    ConfirmIn,
    DeleteIn,
    ForgotIn,
    LoginIn,
    MeOut,
    ProfileIn,
    RefreshIn,
    RegisterIn,
    ResetIn,
    Success,
    TokensOut,
    UserOut,
)
from pedalcast.accounts.sessions.access_token import ACCESS_LIFE
from pedalcast.accounts.sessions.cookies import clear_cookies, is_browser, refresh_from_cookie, set_cookies
from pedalcast.accounts.sessions.service import SignedIn
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/auth", tags=["accounts"])


@router.post("/register", status_code=201, summary="Open an account", responses=responses(409))
async def register(accounts: AccountsDep, body: RegisterIn, tasks: BackgroundTasks) -> Success:
    """The answer is the same for an address that has an account: that person is told by mail."""
    mail = await accounts.account.register(body)
    if mail is not None:
        tasks.add_task(accounts.account.send, mail)
    if accounts.mailer.is_on:
        return Success(message="Please confirm the address by the link in the mail we have sent.")
    return Success(message="You can sign in now.")


@router.post("/login", summary="Sign in", responses=responses(401))
async def log_in(request: Request, response: Response, accounts: AccountsDep, body: LoginIn) -> TokensOut:
    """By address or name. With `guest_token`, what the guest kept moves to the account."""
    signed_in = await accounts.account.log_in(body)
    if body.guest_token is not None:
        await _take_over(accounts, body.guest_token.get_secret_value(), signed_in)
    return _tokens(request, response, signed_in)


async def _take_over(accounts: Accounts, guest_token: str, signed_in: SignedIn) -> None:
    try:
        guest = accounts.sessions.claims(guest_token)
    except AccessTokenError:
        return  # what was kept stays the guest's until it expires
    if guest.kind == "guest":
        await accounts.ownership.take_over(guest.user_id, signed_in.user.id)


@router.post("/refresh", summary="New tokens for a refresh token", responses=responses(401, 403))
async def refresh(
    request: Request, response: Response, accounts: AccountsDep, body: RefreshIn | None = None
) -> TokensOut:
    """A program sends it in the body; a browser as its cookie, with the CSRF token in `X-CSRF-Token`."""
    token = (body.token if body else None) or refresh_from_cookie(request, accounts.allowed_origins)
    if token is None:
        raise RefreshTokenError
    return _tokens(request, response, await accounts.sessions.refresh(token))


@router.post("/logout", summary="Sign out", responses=responses(401, 403))
async def log_out(
    request: Request, response: Response, accounts: AccountsDep, body: RefreshIn | None = None
) -> Success:
    """By the bearer token, or by the refresh token as in `refresh`. It takes effect at once."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = (body.token if body else None) or refresh_from_cookie(request, accounts.allowed_origins)
    if token is not None:
        await accounts.sessions.close_by_refresh(token)
    if kind.lower() == "bearer":
        caller = await accounts.identify(bearer)
        if caller.session_id is not None:
            await accounts.sessions.close(caller.session_id)
    elif token is None:
        raise RefreshTokenError
    clear_cookies(response)
    return Success(message="You are signed out.")


@router.get("/me", summary="Who I am", responses=responses(401))
async def me(accounts: AccountsDep, caller: CallerDep) -> MeOut:
    """A guest too."""
    return MeOut(user=UserOut.of(await accounts.account.profile(caller.user_id)))


@router.patch("/me", summary="Change my name or language", responses=responses(401, 403, 409))
async def change_profile(accounts: AccountsDep, caller: MemberDep, body: ProfileIn) -> MeOut:
    """What is not given stays."""
    return MeOut(user=UserOut.of(await accounts.account.change_profile(caller, body)))


@router.post("/change-password", summary="Use another password", responses=responses(401, 403))
async def change_password(accounts: AccountsDep, caller: MemberDep, body: ChangePasswordIn) -> Success:
    """Every other sign-in ends."""
    old, new = body.old_password.get_secret_value(), body.new_password.get_secret_value()
    await accounts.account.change_password(caller, old, new)
    return Success(message="The password is changed.")


@router.post("/forgot", status_code=202, summary="Ask for a link to a new password")
async def forgot(accounts: AccountsDep, body: ForgotIn, tasks: BackgroundTasks) -> Success:
    """The same answer for every address, before anything is looked up."""
    tasks.add_task(accounts.account.forgot, body.email)
    return Success(message="If there is an account with this address, a link is on its way.")


@router.post("/reset", summary="Use the link of a forgotten password", responses=responses(400))
async def reset(accounts: AccountsDep, body: ResetIn) -> Success:
    """It works once, for thirty minutes. Every sign-in ends."""
    await accounts.account.reset(body.token.get_secret_value(), body.new_password.get_secret_value())
    return Success(message="The password is changed; please sign in.")


@router.post("/confirm", summary="Confirm an address by its link", responses=responses(400))
async def confirm(accounts: AccountsDep, body: ConfirmIn) -> Success:
    """It works once, for thirty minutes."""
    await accounts.account.confirm(body.token.get_secret_value())
    return Success(message="The address is confirmed.")


@router.get("/link", status_code=303, summary="Sign in by a one-time link", responses=responses(400))
async def log_in_by_link(accounts: AccountsDep, token: Annotated[str, Query(max_length=512)]) -> RedirectResponse:
    """Sets the browser's cookies and shows the page."""
    signed_in = await accounts.account.log_in_by_link(token)
    response = RedirectResponse("/", 303)
    set_cookies(response, signed_in)
    return response


@router.post("/delete", status_code=202, summary="Delete my account and everything in it", responses=responses(401))
async def delete(
    response: Response, accounts: AccountsDep, caller: MemberDep, tasks: BackgroundTasks, body: DeleteIn | None = None
) -> Success:
    """The account is closed at once; what is in it is removed right after, and after a restart if need be."""
    user = await accounts.account.profile(caller.user_id)
    if user.password_hash is not None:
        if body is None or body.password is None:
            raise CredentialsError
        await accounts.account.check_owner(user.id, body.password.get_secret_value())
    await accounts.ownership.request_deletion(user.id)
    tasks.add_task(accounts.ownership.finish_deletions)
    clear_cookies(response)
    return Success(message="The account is closed; everything in it is being removed.")


@router.get(
    "/export",
    summary="Everything that is mine, as a ZIP archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "the archive"}, **responses(401)},
)
async def export(accounts: AccountsDep, caller: CallerDep) -> Response:
    """JSON files: profile, consents, favourites, chats, posts."""
    caller.require_scope("account")
    archive = await accounts.ownership.export(caller.user_id)
    headers = {"Content-Disposition": 'attachment; filename="pedalcast-export.zip"', "Cache-Control": "no-store"}
    return Response(archive, media_type="application/zip", headers=headers)


def _tokens(request: Request, response: Response, signed_in: SignedIn) -> TokensOut:
    """Both tokens; a browser's refresh token goes into its cookie only."""
    response.headers["Cache-Control"] = "no-store"
    refresh: str | None = signed_in.refresh
    if is_browser(request):
        set_cookies(response, signed_in)
        refresh = None
    return TokensOut(
        access=signed_in.access,
        access_token=signed_in.access,
        refresh=refresh,
        refresh_token=refresh,
        expires_in=int(ACCESS_LIFE.total_seconds()),
        user=UserOut.of(signed_in.user),
    )
