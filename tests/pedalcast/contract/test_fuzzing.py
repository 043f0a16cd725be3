"""Whatever the description admits, and what it does not, is answered without a fault of the service's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode

from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.people_service import PASSWORD

Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]
EXAMPLES = 6
SEED = 20261126
STREAMS = {"/api/v1/events", "/api/v1/notifications/events"}  # they do not end
HEAVY = {"/ai/retrain"}  # begins a training
NOT_READY = {"/ready"}  # rightly: no poll has come
ENDS_SESSIONS = {"/api/v1/auth/logout", "/api/v1/auth/delete", "/api/v1/auth/change-password"}
UNAVAILABLE = {"chat_unavailable", "no_forecast", "no_snapshot", "warming_up"}  # parts that are off in these tests
TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def client(redis_url: str, tmp_path_factory: pytest.TempPathFactory, start_service: Start) -> Iterator[httpx.Client]:
    settings = Settings(
        _env_file=None, redis_url=redis_url.replace("db=0", "db=5"), data_dir=Path(tmp_path_factory.mktemp("fuzz")),
        admin_token=TOKEN, chat=False, general_model=False, rate_limits=False,
    )  # fmt: skip
    with start_service(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="module")
def member(client: httpx.Client) -> str:
    body = {"email": "fuzz@example.org", "password": PASSWORD, "username": "fuzz"}
    assert client.post("/api/v1/auth/register", json=body).status_code == 201
    token: str = client.post("/api/v1/auth/login", json={"username": "fuzz", "password": PASSWORD}).json()["access"]
    return token


def operations(client: httpx.Client) -> Iterator[Any]:
    """Those that answer at once, what ends the caller's session last."""
    schema = schemathesis.openapi.from_url(f"{str(client.base_url).rstrip('/')}/openapi.json")
    found = [outcome.ok() for outcome in schema.get_all_operations()]
    wanted = [operation for operation in found if operation.path not in STREAMS | HEAVY | NOT_READY]
    yield from sorted(wanted, key=lambda operation: operation.path in ENDS_SESSIONS)


@pytest.mark.parametrize("who", ["nobody", "member", "admin"])
def test_no_fault_of_ours(client: httpx.Client, member: str, who: str) -> None:
    token = {"nobody": None, "member": member, "admin": TOKEN}[who]
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    faults: list[str] = []
    count = 0
    for operation in operations(client):
        if who == "admin" and operation.path in ENDS_SESSIONS:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)

            @hypothesis.seed(SEED)
            @hypothesis.settings(
                max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @hypothesis.given(case=strategy)
            def ask(case: Any) -> None:
                nonlocal count
                count += 1
                response = case.call(headers=headers, timeout=30)
                if response.status_code >= 500 and not _is_away(response):
                    faults.append(
                        f"{case.as_curl_command(headers=headers)} -> {response.status_code} {response.text[:200]}"
                    )

            with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # nothing to send that would be wrong
                ask()
    assert faults == []
    assert count > 300


def _is_away(response: Any) -> bool:
    return response.status_code == 503 and response.json().get("error") in UNAVAILABLE
