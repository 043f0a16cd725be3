"""What endpoints of every domain ask for, as annotations."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from pedalcast.kit.context import AppContext
from pedalcast.kit.errors import ForbiddenError, UnauthorizedError

T = TypeVar("T")

_bearer = HTTPBearer(auto_error=False, description="the admin token (`ADMIN_TOKEN`)")
_header = APIKeyHeader(
    name="X-Admin-Token",
    auto_error=False,
    description="the admin token, for those who cannot send it as a bearer token",
)


def state_of(name: str, kind: type[T]) -> Callable[[Request], T]:
    """A dependency that returns `app.state.<name>`, which the application sets when it is created."""

    def read(request: Request) -> T:
        value = getattr(request.app.state, name)
        assert isinstance(value, kind)  # noqa: S101 (set when the application is created)
        return value

    return read


ContextDep = Annotated[AppContext, Depends(state_of("context", AppContext))]


def require_admin(
    context: ContextDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> None:
    """Let only the holder of the admin token pass: 401 without a token, 403 with a wrong one."""
    check_admin_token(context, credentials.credentials if credentials is not None else header)


def check_admin_token(context: AppContext, token: str | None) -> None:
    """Raise `UnauthorizedError` without a token, `ForbiddenError` with a wrong one."""
    if not token:
        raise UnauthorizedError("This needs the admin token, as a bearer token or in X-Admin-Token.")
    expected = context.admin_token
    if expected is None or not secrets.compare_digest(token.encode(), expected.get_secret_value().encode()):
        raise ForbiddenError("The admin token is wrong.")


AdminOnly = Depends(require_admin)


class AdminRoute(APIRoute):
    """A route for admins whose token is checked before anything of the body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_admin(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            given = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-admin-token")
            check_admin_token(request.app.state.context, given)
            return await handle(request)

        return handle_admin
