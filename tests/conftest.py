"""Fixtures for every test: where the shared data sets lie, and a real Redis."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.redis_server import bundled, installed, redis_server

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded data sets beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data sets are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server of this test process's own, on a unix socket, which keeps nothing."""
    binary = bundled() or installed()
    if binary is None:
        pytest.skip("no redis-server on this machine")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder, redis_server(binary, Path(folder)) as url:
        yield url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client that returns bytes, on an empty database."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        yield client
