"""A real service on a real socket, with a real HTTP client."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import redis
from fastapi import FastAPI
from pydantic import SecretStr

from collector.storage.snapshot_store import SnapshotStore
from pedalcast.kit.web.http_server import HttpServer, listen
from pedalcast.settings import Settings
from tests.pedalcast.people_service import PeopleService, people_service
from tests.stopped_clock import StoppedClock

Serve = Callable[[FastAPI], httpx.Client]


@pytest.fixture
def settings(redis_url: str, redis_client: redis.Redis, tmp_path: Path) -> Settings:
    """Settings of a service on the test's own, empty Redis and folder; nothing of the environment's.

    Without the chat, whose index takes seconds to build, and without the general model, so that persistence forecasts;
    their own tests bring them.
    """
    return Settings(
        _env_file=None,
        redis_url=redis_url,
        data_dir=tmp_path,
        admin_token="a-token-of-the-tests",
        chat=False,
        general_model=False,
    )


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an application until the test ends; the client knows its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running(app))


@pytest.fixture(scope="session")
def start_service() -> Callable[[FastAPI], AbstractContextManager[httpx.Client]]:
    """For services that several tests share: serve an application while a `with` block runs."""
    return running


@contextmanager
def running(app: FastAPI) -> Iterator[httpx.Client]:
    """uvicorn in a thread, on a free port of the loopback."""
    server = HttpServer(app)
    with listen("127.0.0.1", 0) as sock:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            _wait_until(lambda: server.started or not thread.is_alive())
            assert server.started, "the service did not start"
            # Dropped well before the server drops it, however long this process was not given a core.
            limits = httpx.Limits(keepalive_expiry=1)
            url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=30, limits=limits) as client:
                yield client
        finally:
            server.release()
            thread.join(60)
            assert not thread.is_alive(), "the service did not stop"
            assert not (server.started and server.lifespan.shutdown_failed), (
                "something failed while the service stopped"
            )


def _wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.01)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds, and fail when it does not within a minute."""

    def wait(done: Callable[[], bool]) -> None:
        _wait_until(done)
        assert done()

    return wait


@pytest.fixture
def clock() -> StoppedClock:
    """A clock that stands at seven seconds past noon."""
    return StoppedClock(datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC))


@pytest.fixture
def store(redis_client: redis.Redis) -> SnapshotStore:
    """What the collector writes to."""
    return SnapshotStore(redis_client)


@pytest.fixture
def people_settings(settings: Settings) -> Settings:
    """Settings with limits no test reaches by itself."""
    return settings.model_copy(update={"rate_limit_login": "1000/minute", "rate_limit_reset": "1000/minute"})


@pytest.fixture
def service(people_settings: Settings) -> Iterator[PeopleService]:
    """What people have here, on SQLite."""
    with people_service(people_settings, running) as service:
        yield service


@pytest.fixture
def service_on_each(people_settings: Settings, database_url: str) -> Iterator[PeopleService]:
    """What people have here, on each kind of database."""
    settings = people_settings.model_copy(update={"database_url": SecretStr(database_url)})
    with people_service(settings, running) as service:
        yield service
