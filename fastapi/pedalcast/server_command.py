"""`python -m pedalcast serve`: what is checked before anything heavy starts, and the processes that answer."""

from __future__ import annotations

import sys
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

from pedalcast.chat import lifespan
from pedalcast.kit import redis_connection
from pedalcast.kit.runtime.process_group import ProcessGroup
from pedalcast.kit.runtime.thread_priority import shorten_switch_interval
from pedalcast.kit.web.http_server import HttpServer, listen
from pedalcast.settings import Settings, SettingsError

# What the command needs takes seconds to import: what can be told before is told before.


def serve(settings: Settings) -> None:
    """Serve until told to stop, from as many processes as PROCESSES says. Raises the errors of what it checks."""
    shorten_switch_interval()
    with listen(settings.host, settings.port) as sock:
        check_redis(settings)
        lifespan.check(settings)
        check_database(settings)
        if settings.processes > 1:
            check_processes(settings)
            _serve_with_processes(settings.processes, sock)
            return
        from pedalcast.app import create_app  # noqa: PLC0415

        HttpServer(create_app(settings)).run(sockets=[sock])


def serve_on(settings: Settings, number: int, socket_file: int, metrics: Path) -> None:
    """Be process `number` of a `serve`, on the socket that it has opened."""
    shorten_switch_interval()
    from pedalcast.app import ProcessPlace, create_app  # noqa: PLC0415

    with socket(fileno=socket_file) as sock:
        HttpServer(create_app(settings, place=ProcessPlace(number, metrics))).run(sockets=[sock])


def check_database(settings: Settings) -> None:
    """Bring the schema up to date, or refuse. Raises `SchemaError`."""
    from pedalcast.database.lifespan import check  # noqa: PLC0415

    check(settings)


def check_redis(settings: Settings) -> None:
    """Raise `RedisUnreachableError` where Redis is set and does not answer."""
    if settings.redis_url is not None:
        url = settings.redis_url.get_secret_value()
        with redis_connection.connect(url) as client:
            redis_connection.check(client, url)


def check_processes(settings: Settings) -> None:
    """Raise `SettingsError` where several processes cannot share what is set: files of one process's own."""
    from pedalcast.database.address import dialect_of  # noqa: PLC0415
    from pedalcast.database.lifespan import database_address  # noqa: PLC0415

    if settings.chat and settings.vector_store == "qdrant" and settings.qdrant_url is None:
        raise SettingsError("PROCESSES: vectors in DATA_DIR belong to one process; set QDRANT_URL or VECTOR_STORE")
    if dialect_of(database_address(settings)) == "sqlite":
        raise SettingsError("PROCESSES: several want a database server (DATABASE_URL)")


def _serve_with_processes(count: int, sock: socket) -> None:
    """Serve from processes of their own; this one only looks after them."""
    with TemporaryDirectory(prefix="pedalcast-") as folder:
        command = [sys.executable, "-m", "pedalcast", "serve-process", "--metrics", folder]
        command += ["--socket-file", str(sock.fileno()), "--number"]
        ProcessGroup(count, lambda number: [*command, str(number)], keep=(sock.fileno(),)).run()
