"""Signing in to the admin view: with an admin's account, or by the cookie of a sign-in elsewhere."""

from __future__ import annotations

from pydantic import SecretStr, ValidationError
from sqladmin.authentication import AuthenticationBackend
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.errors import CredentialsError
from pedalcast.accounts.schemas import LoginIn
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.cookies import ADMIN_COOKIE, ADMIN_PATH, clear_cookies, set_cookies
from pedalcast.admin.admin_shield import AdminShield


class AdminSignIn(AuthenticationBackend):
    """Asks the accounts' sessions at every request, so that a sign-in that has ended, or a role taken, ends it here."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.middlewares = [Middleware(AdminShield)]  # in the place of a session of sqladmin's own

    async def login(self, request: Request) -> Response | bool:
        """Sign in by the form; false for wrong credentials and for who is no admin."""
        form = await request.form()
        try:
            name, password = str(form.get("username", "")), SecretStr(str(form.get("password", "")))
            body = LoginIn(username=name, password=password, guest_token=None)
            signed_in = await self._accounts.account.log_in(body)
        except (CredentialsError, ValidationError):
            return False
        if signed_in.admin_cookie is None:
            return False
        response = RedirectResponse(f"{ADMIN_PATH}/", 303)
        set_cookies(response, signed_in)
        return response

    async def logout(self, request: Request) -> Response:
        """Sign out, everywhere this browser is signed in."""
        admin = await self._admin(request)
        if admin is not None and admin.session_id is not None:
            await self._accounts.sessions.close(admin.session_id)
        response = RedirectResponse(f"{ADMIN_PATH}/login", 303)
        clear_cookies(response)
        return response

    async def authenticate(self, request: Request) -> bool:
        """Whether an admin asks; `request.state.admin` is who."""
        request.state.admin = await self._admin(request)
        return request.state.admin is not None

    async def get_user_id(self, request: Request) -> str:
        """The admin's id."""
        admin: Caller = request.state.admin
        return admin.user_id

    async def _admin(self, request: Request) -> Caller | None:
        cookie = request.cookies.get(ADMIN_COOKIE)
        return None if cookie is None else await self._accounts.sessions.admin_of_cookie(cookie)
