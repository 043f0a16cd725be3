"""The HTTP API as the tools ask it: the same limits, tokens and errors as everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from mcp.server.mcpserver.exceptions import ToolError

TIMEOUT_S = 60.0
ADVICE = {  # by status: what a model can do about it
    401: "The token is missing, wrong or has expired: connect again with a valid one.",
    403: "This token may not do that.",
    404: "Call find_stations with a part of the station's name to get its id.",
    422: "Check the arguments against the tool's schema.",
    503: "Nothing can be said at the moment: call get_system_health, or try again in half a minute.",
}


class ApiClient:
    """Asks one Pedalcast, with the same `headers` at every request.

    Failures are `ToolError`s whose message says what went wrong and what to do instead.
    """

    def __init__(self, client: httpx.AsyncClient, headers: Mapping[str, str] | None = None) -> None:
        self._client = client
        self._headers = dict(headers or {})

    async def get(self, path: str, parameters: Mapping[str, str | int | float | None] | None = None) -> dict[str, Any]:
        """The JSON object at a path; parameters that are None are left out."""
        sent = {name: str(value) for name, value in (parameters or {}).items() if value is not None}
        return await self._ask("GET", path, params=sent)

    async def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """The JSON object that a body is answered with."""
        return await self._ask("POST", path, json=dict(body))

    async def readiness(self) -> dict[str, Any]:
        """What `/ready` says, ready or not."""
        return await self._ask("GET", "/ready", expected=(200, 503))

    async def _ask(
        self, method: str, path: str, *, expected: tuple[int, ...] = (200,), **request: Any
    ) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, headers=self._headers, timeout=TIMEOUT_S, **request)
        except httpx.HTTPError as error:
            raise ToolError(
                f"The service does not answer ({type(error).__name__}). Try again in half a minute; if that fails, the "
                "address of the service is wrong or it is not running."
            ) from error
        if response.status_code not in expected:
            raise ToolError(_message(response))
        body: dict[str, Any] = response.json()
        return body


def _message(response: httpx.Response) -> str:
    """What went wrong, and what to do about it."""
    try:
        detail = str(response.json().get("detail", ""))
    except ValueError:
        detail = ""
    wait = response.headers.get("retry-after")
    advice = ADVICE.get(response.status_code, "Try again later.")
    if response.status_code == 429:
        advice = f"Wait {wait or '60'} seconds before the next call."
    return f"{detail or f'The service answers {response.status_code}.'} {advice}"
