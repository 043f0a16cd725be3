"""A running service whose chat is open, shared by the tests of this folder; the network is closed around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from fastapi import FastAPI

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.chat.network import closed_network

Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]
LIMITS = ("chat_route_limit", "chat_rewrite_limit", "chat_documents_limit", "chat_live_limit")
PATIENT: dict[str, Any] = dict.fromkeys(LIMITS, timedelta(minutes=1)) | {
    "rate_limits": False
}  # settings for a machine that may stall


@pytest.fixture(scope="session")
def chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the help is built, once."""
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="session")
def chat_redis(redis_url: str) -> str:
    """A database of its own, which tests with a Redis of theirs do not empty, with one poll of the simulated city."""
    url = redis_url.replace("db=0", "db=3")
    now = datetime.now(UTC)
    with redis.Redis.from_url(url) as client:
        SnapshotStore(client).publish(SimulatedCity(seed=7, stations=200, start=now).fetch(now))
    return url


@pytest.fixture(scope="session")
def chat_settings(chat_redis: str, chat_folder: Path) -> Settings:
    return Settings(
        _env_file=None, redis_url=chat_redis, data_dir=chat_folder, admin_token="a-token-of-the-tests", **PATIENT
    )  # fmt: skip


@pytest.fixture(scope="session")
def warming(chat_settings: Settings, start_service: Start) -> Iterator[tuple[httpx.Client, httpx.Response]]:
    """The service, and what its chat said before it was open."""
    with closed_network() as tried, start_service(create_app(chat_settings)) as client:
        client.timeout = httpx.Timeout(60)
        first = client.post("/api/v1/chat", json={"question": "안녕"})
        yield client, first
        assert tried == []


@pytest.fixture(scope="session")
def chat(warming: tuple[httpx.Client, httpx.Response]) -> httpx.Client:
    """A client of the service once its chat is open."""
    client, _ = warming
    until = time.monotonic() + 180
    while client.post("/api/v1/chat", json={"question": "안녕"}).status_code == 503 and time.monotonic() < until:
        time.sleep(0.1)
    return client
