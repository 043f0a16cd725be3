"""What endpoints ask for, as annotations, so that a router reads as its signatures."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from pedalcast.kit.errors import ForbiddenError, UnauthorizedError
from pedalcast.services import Services

_bearer = HTTPBearer(auto_error=False, description="the admin token (`ADMIN_TOKEN`)")
_header = APIKeyHeader(
    name="X-Admin-Token",
    auto_error=False,
    description="the admin token, for those who cannot send it as a bearer token",
)


def get_services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)  # noqa: S101 (set by the lifespan before any request)
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def require_admin(
    services: ServicesDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> None:
    """Let only the holder of the admin token pass: 401 without a token, 403 with a wrong one."""
    given = credentials.credentials if credentials is not None else header
    if given is None:
        raise UnauthorizedError("This needs the admin token, as a bearer token or in X-Admin-Token.")
    expected = services.settings.admin_token
    if expected is None or not secrets.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise ForbiddenError("The admin token is wrong.")


AdminOnly = Depends(require_admin)
