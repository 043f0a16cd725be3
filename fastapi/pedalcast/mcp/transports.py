"""How the server is reached: `/mcp` of the service, or standard input and output of a command."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import httpx
from fastapi import FastAPI
from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings

from pedalcast.mcp.api_client import ApiClient
from pedalcast.mcp.server import build_server

PATH = "/mcp"
PASSED_ON = ("authorization", "x-forwarded-for")  # headers that say who is calling
HERE = "http://127.0.0.1"  # the app itself, no connection is made


def install(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Serve `/mcp` (streamable HTTP, no session); to be entered while the app runs.

    A call is made to the app's own API with the caller's address, also as a proxy tells it, and `Authorization`, so
    that its limits and rights are the caller's. Cookies are not passed on: a page that gets at this address through
    somebody's browser learns nothing that is not public, so any host name is accepted.
    """

    def api_of(context: Context[Any]) -> ApiClient:
        request = context.request_context.request
        client = getattr(request, "client", None)
        transport = httpx.ASGITransport(app=app, client=(client.host, client.port) if client else ("127.0.0.1", 0))
        headers = {name: value for name, value in (context.headers or {}).items() if name.lower() in PASSED_ON}
        return ApiClient(httpx.AsyncClient(transport=transport, base_url=HERE), headers)

    anybody = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HERE)
    server = build_server(api_of, ApiClient(anybody))
    routes = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    ).routes
    app.router.routes.extend(routes)
    return server.session_manager.run()


def serve_stdio(url: str, token: str | None) -> None:
    """Serve over standard input and output until they are closed, asking the service at `url`."""
    anyio.run(_serve_stdio, url, token)


async def _serve_stdio(url: str, token: str | None) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        api = ApiClient(client, {"authorization": f"Bearer {token}"} if token else None)
        await build_server(lambda _: api, api).run_stdio_async()
