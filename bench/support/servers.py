"""Servers of the measurement's own: a Redis, and the service itself in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from pedalcast.embedded.local_redis.server_binary import server_binary

START_S = 300.0  # the machine may be busy with much else
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of a Redis that keeps nothing."""
    with tempfile.TemporaryDirectory(prefix="bench-redis-") as folder:
        path = Path(folder) / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--dir", folder]
        binary = server_binary()
        with running([binary.path if binary else "redis-server", *options], lambda: _answers(path)):
            yield f"unix://{path}"


@contextmanager
def service(url: str, data: Path, **settings: str) -> Iterator[int]:
    """The port of `python -m pedalcast serve` over this Redis and this folder."""
    port = free_port()
    environment = {"REDIS_URL": url, "DATA_DIR": str(data), "PORT": str(port), "LOG_LEVEL": "WARNING"}
    environment |= {"RATE_LIMITS": "false", **settings}  # all of a bench's requests come from one address
    with running([sys.executable, "-m", "pedalcast", "serve"], lambda: _listens(port), environment):
        yield port


@contextmanager
def running(command: list[str], ready: Callable[[], bool], environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process for as long as the block runs, once it is `ready`."""
    with subprocess.Popen(
        command, env={**os.environ, **QUIET, **(environment or {})}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(lambda: process.poll() is not None or ready(), START_S)
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode} before it was ready")
            yield
        finally:
            process.terminate()


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    """Wait; TimeoutError when it takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError(f"not ready after {seconds:g} s")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _answers(path: Path) -> bool:
    with suppress(redis.RedisError), redis.Redis(unix_socket_path=str(path)) as client:
        return bool(client.ping())
    return False


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
