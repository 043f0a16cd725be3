"""Admin routes check the token before they read the body."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from pedalcast.kit import errors
from pedalcast.kit.dependencies import AdminRoute
from pedalcast.kit.errors import ForbiddenError


class OneToken:
    """Admits one token."""

    async def admit(self, token: str) -> str:
        if token != "right-token":
            raise ForbiddenError("The admin token is wrong.")
        return "operator"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    router = APIRouter(route_class=AdminRoute)

    @router.post("/ai/anything")
    def anything(body: list[int]) -> int:
        return len(body)

    app = FastAPI()
    errors.install(app)
    app.include_router(router)
    app.state.admin_gate = OneToken()
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "unauthorized"),
        ({"Authorization": "Basic abc"}, 401, "unauthorized"),
        ({"X-Admin-Token": ""}, 401, "unauthorized"),
        ({"Authorization": "Bearer "}, 401, "unauthorized"),
        ({"Authorization": "Bearer wrong"}, 403, "forbidden"),
        ({"X-Admin-Token": "wrong"}, 403, "forbidden"),
        ({"Authorization": "Bearer right-token"}, 422, "invalid_request"),
        ({"authorization": "bearer right-token"}, 422, "invalid_request"),
        ({"X-Admin-Token": "right-token"}, 422, "invalid_request"),
    ],
)
def test_no_body_is_judged_without_the_token(
    client: httpx.Client, headers: dict[str, str], status: int, code: str
) -> None:
    response = client.post("/ai/anything", content=b"{no json", headers=headers)
    assert (response.status_code, response.json()["error"]) == (status, code)
