"""A Redis of the run's own: a real server on a unix socket, its data beside the rest, stopped with the run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from pedalcast.embedded.errors import RunError
from pedalcast.embedded.local_redis.pidfile import STOP_S, end_leftover
from pedalcast.embedded.local_redis.server_binary import server_binary
from pedalcast.kit import redis_connection

START_S = 30.0  # reading back a large append-only file takes a while
SOCKET_PATH_MAX = 100  # the kernel's limit is 107 bytes, with what Redis may add
log = structlog.get_logger(__name__)


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """Run a Redis whose data lie in `folder`, and give its address. Raises `RunError` when it does not start.

    A server that a killed run left behind on the same data is ended first: its append-only file holds everything.
    Without any server on the machine, an imitation in this process keeps nothing, and says so.
    """
    binary = server_binary()
    if binary is None:
        with _imitation() as url:
            yield url
        return
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if end_leftover(folder / "redis.pid", str(socket_path(folder))):
        log.info("ended the Redis server that an earlier run left behind")
    with _server(binary, folder) as url:
        yield url


def socket_path(folder: Path) -> Path:
    """Where the server of `folder` listens: in it, or in a private place where that path is too long for a socket."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"pedalcast-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid() or private.stat().st_mode & 0o077:
        raise RunError(
            f"{private} belongs to somebody else or is open to others; remove it, or choose a shorter --data"
        )
    return private / f"{name}.sock"


@contextmanager
def _server(binary: str, folder: Path) -> Iterator[str]:
    socket = socket_path(folder)
    socket.unlink(missing_ok=True)
    url = f"unix://{socket}"
    # A session of its own: Ctrl-C on the terminal reaches us, and we stop it when nobody needs it any more.
    with (folder / "redis.log").open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (a server we found ourselves, settings of our own)
            [binary, *_settings(folder, socket)], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    (folder / "redis.pid").write_text(str(process.pid))
    try:
        _wait_for(process, url, folder)
        yield url
    finally:
        _stop(process)
        (folder / "redis.pid").unlink(missing_ok=True)
        socket.unlink(missing_ok=True)


def _settings(folder: Path, socket: Path) -> list[str]:
    settings = {
        "port": "0",  # no network at all
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "notice",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _wait_for(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    client = redis_connection.connect(url)
    until = time.monotonic() + START_S
    while (problem := redis_connection.problem(client, url)) is not None:
        if process.poll() is not None:
            raise RunError(f"the embedded Redis ended at once: {_last_line(folder / 'redis.log')}")
        if time.monotonic() > until:
            raise RunError(f"the embedded Redis does not answer: {problem}")
        time.sleep(0.02)
    client.close()


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else f"nothing in {path}"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _imitation() -> Iterator[str]:
    """fakeredis over TCP on the loopback: the same answers, nothing kept."""
    from fakeredis import TcpFakeServer  # noqa: PLC0415 (a last resort, and slow to import)

    log.warning("no redis-server on this machine: an imitation takes its place, and nothing is kept after this run")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, name="redis-imitation", daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
