"""What endpoints of every domain ask for, as annotations."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from pedalcast.kit.context import AppContext
from pedalcast.kit.errors import UnauthorizedError

T = TypeVar("T")

_bearer = HTTPBearer(
    auto_error=False, description="an admin's access token, a program's with the scope `admin`, or `ADMIN_TOKEN`"
)
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


class AdminGate(Protocol):
    """Knows who may use the calls for admins; `app.state.admin_gate`, which accounts set."""

    async def admit(self, token: str) -> str:
        """The id of the admin who holds this token. Raises `ForbiddenError` for any other."""
        ...


async def admitted(request: Request, token: str | None) -> str:
    """The id of the admin who calls. Raises `UnauthorizedError` without a token, `ForbiddenError` with a wrong one."""
    admin_id: str | None = getattr(request.state, "admin_id", None)
    if admin_id is None:
        if not token:
            raise UnauthorizedError("This needs an admin's token, as a bearer token or in X-Admin-Token.")
        gate: AdminGate = request.app.state.admin_gate
        admin_id = request.state.admin_id = await gate.admit(token)
    return admin_id


async def require_admin(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> str:
    """Let only admins pass: the holder of `ADMIN_TOKEN`, a signed-in admin, an admin's program with that scope."""
    return await admitted(request, credentials.credentials if credentials is not None else header)


AdminOnly = Depends(require_admin)
AdminId = Annotated[str, Depends(require_admin)]


class AdminRoute(APIRoute):
    """A route for admins whose token is checked before anything of the body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_admin(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            given = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-admin-token")
            await admitted(request, given)
            return await handle(request)

        return handle_admin
