"""The people's part of the service alone, on a socket, and people who use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.kit import errors
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.web.cached_response import CachedResponse
from pedalcast.kit.web.fast_path import FastPath, FastPathTable
from pedalcast.kit.web.request_context import RequestContext
from pedalcast.people import People, build_people, fast_path_admission, install_people
from pedalcast.settings import Settings

PASSWORD = "three wheels are one too many"
Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]


@dataclass(frozen=True, slots=True)
class PeopleService:
    """A running service: its client, and its insides."""

    client: httpx.Client
    people: People
    registry: CollectorRegistry

    def post(self, path: str, body: object = None, token: str | None = None, **headers: str) -> httpx.Response:
        """POST a body as JSON."""
        return self.client.post(path, json=body, headers=bearer(token) | headers)

    def get(self, path: str, token: str | None = None, **headers: str) -> httpx.Response:
        """GET a path."""
        return self.client.get(path, headers=bearer(token) | headers)

    def member(self, name: str = "rider") -> str:
        """The access token of a new member."""
        body = {"email": f"{name}@example.org", "password": PASSWORD, "username": name}
        assert self.post("/api/v1/auth/register", body).status_code == 201
        return str(self.log_in(name)["access"])

    def log_in(self, name: str = "rider", password: str = PASSWORD) -> dict[str, str]:
        """The body of a sign-in."""
        response = self.post("/api/v1/auth/login/", {"username": name, "password": password})
        assert response.status_code == 200, response.text
        body: dict[str, str] = response.json()
        return body

    def guest(self) -> tuple[str, str]:
        """Id and token of a new guest."""
        body = self.post("/api/v1/triple/user/", {}).json()
        return body["user_id"], body["token"]


def bearer(token: str | None) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"} if token else {}


@contextmanager
def people_service(
    settings: Settings,
    start: Start,
    answering: Any = None,
    *,
    stations: frozenset[str] | None = None,
    fast_path: str | None = None,
    server_key: str | None = None,
) -> Iterator[PeopleService]:
    """Run it until the block ends; `stations` are those there are, None for all that are asked for.

    `fast_path` is answered from kept bytes, as the whole service does with its public lists.
    """
    assert settings.redis_url is not None
    url, registry = settings.redis_url.get_secret_value(), CollectorRegistry()
    events = Broadcaster()
    people = build_people(
        settings, url, registry, events=events, station_exists=lambda name: stations is None or name in stations
    )
    app = FastAPI(lifespan=lambda _: people.start())
    errors.install(app, ChatRequest)
    install_people(app, people)
    app.add_middleware(RequestContext)
    if fast_path is not None:
        table = FastPathTable()
        table.paths[fast_path] = lambda: CachedResponse.of(b"{}", "1")
        table.admission = fast_path_admission(people)
        table.named_origins = frozenset(origin.encode() for origin in people.accounts.allowed_origins)
        app.add_middleware(FastPath, table=table, registry=registry)
    app.state.context = SimpleNamespace(events=events)  # what the server lets go of
    app.state.chat = chat = ChatState(server_key)
    if answering is not None:
        chat.open(answering)
    with start(app) as client:
        yield PeopleService(client, people, registry)
