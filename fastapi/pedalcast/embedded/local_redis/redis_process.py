"""A Redis of the run's own: a real server on a unix socket, its data beside the rest, stopped with the run."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

from pedalcast.embedded.errors import RunError
from pedalcast.embedded.local_redis.pidfile import STOP_S, end_leftover
from pedalcast.embedded.local_redis.server_binary import ServerBinary, server_binaries
from pedalcast.kit import redis_connection
from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff

WATCH_EVERY_S = 0.2
RESTART = Backoff(first_s=0.5, longest_s=30.0)
START_S = 30.0  # reading back a large append-only file takes a while
SOCKET_PATH_MAX = 100  # the kernel's limit is 107 bytes, with what Redis may add
_UNREADABLE = re.compile(r"bad file format|unrecoverable error reading", re.IGNORECASE)
log = structlog.get_logger(__name__)


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """Run a server whose data lie in `folder`, and yield its address. Raises `RunError` when it does not start."""
    with local_redis(folder) as server:
        yield server.url


@contextmanager
def local_redis(folder: Path) -> Iterator[LocalRedis]:
    """Run a server whose data lie in `folder` while the block runs. Raises `RunError` when it does not start.

    A server that a killed run left behind on the same data is ended first: its append-only file holds everything.
    The first server of `server_binaries` that can read the data is taken. Without any server on the machine, an
    imitation in this process keeps nothing, and says so.
    """
    binaries = server_binaries()
    if not binaries:
        with _imitation() as url:
            yield LocalRedis(url, "an imitation of Redis, nothing is kept")
        return
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if end_leftover(folder / "redis.pid", str(socket_path(folder))):
        log.info("redis of an earlier run ended")
    server = _start_first(binaries, folder)
    try:
        yield server
    finally:
        server.stop()


def _start_first(binaries: Sequence[ServerBinary], folder: Path) -> RedisProcess:
    """The first server that can read the data in `folder`, started: a newer server writes what an older cannot read."""
    for binary in binaries:
        server = RedisProcess(binary, folder)
        try:
            server.start()
        except UnreadableDataError as error:
            log.warning("redis data not readable by this server", server=str(binary), reason=str(error))
        else:
            return server
    tried = " and ".join(map(str, binaries))
    raise RunError(
        f"the data in {folder} cannot be read by {tried}: another server wrote them, or they are damaged. "
        "Install the server that wrote them, or move the folder away to begin anew"
    )


class UnreadableDataError(RunError):
    """The server ended at its start because it cannot read the files that it found."""


class LocalRedis:
    """A server of the run's own: its address, what it is, and how often it was restarted."""

    def __init__(self, url: str, description: str) -> None:
        self.url = url
        self.description = description
        self.restarts = 0


class RedisProcess(LocalRedis):
    """A server process on a unix socket. It is started again when it has died, with the data it had on the disk."""

    def __init__(self, binary: ServerBinary, folder: Path) -> None:
        self._socket = socket_path(folder)
        super().__init__(f"unix://{self._socket}", str(binary))
        self._binary = binary
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._worker = BackgroundWorker(
            "redis-process", self._watch, every_s=WATCH_EVERY_S, backoff=RESTART, expected=(RunError,)
        )

    def start(self) -> None:
        """Start the server, wait until it answers, and watch it. Raises `RunError`."""
        try:
            self._start_process()
        except RunError:
            self._end_process()
            raise
        self._worker.start()

    def stop(self) -> None:
        """Stop the server; it writes down what it has."""
        self._worker.stop()
        self._end_process()

    def _watch(self) -> None:
        if self._process is None or (code := self._process.poll()) is None:
            return
        self.restarts += 1
        log.error("redis process died, restarting", code=code, restarts=self.restarts)
        self._start_process()
        log.info("redis process restarted", server=self.description)

    def _start_process(self) -> None:
        self._socket.unlink(missing_ok=True)
        # A session of its own: Ctrl-C on the terminal reaches us, and we stop it when nobody needs it any more.
        with (self._folder / "redis.log").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 (a server we found ourselves, settings of our own)
                [self._binary.path, *_settings(self._folder, self._socket)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        (self._folder / "redis.pid").write_text(str(self._process.pid))
        _wait_for(self._process, self.url, self._folder, self._worker.stopping)

    def _end_process(self) -> None:
        if self._process is not None:
            _stop(self._process)
        (self._folder / "redis.pid").unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)


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


def _wait_for(process: subprocess.Popen[bytes], url: str, folder: Path, stopping: threading.Event) -> None:
    until = time.monotonic() + START_S
    with redis_connection.connect(url) as client:
        while (problem := redis_connection.problem(client, url)) is not None:
            if process.poll() is not None:
                last_line = _last_line(folder / "redis.log")
                kind = UnreadableDataError if _UNREADABLE.search(last_line) else RunError
                raise kind(f"the embedded Redis ended at once: {last_line}")
            if time.monotonic() > until:
                raise RunError(f"the embedded Redis does not answer: {problem}")
            if stopping.wait(0.02):
                return


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
