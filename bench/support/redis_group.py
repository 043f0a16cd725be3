"""A primary and a replica of Redis under a Sentinel, which can be paused, killed and made to refuse writes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import redis

from bench.support.servers import free_port, wait_until

NAME = "pedalcast"
DOWN_AFTER_MS = 4000  # a primary that is silent for longer is replaced


class RedisGroup:
    """Two servers and one Sentinel in `folder`, on free ports of the loopback. Nothing acknowledged is lost by a
    restart: every write goes to the disk first (`appendfsync always`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binary = shutil.which("redis-server") or ""
        sentinel = shutil.which("redis-sentinel")
        if not self._binary or sentinel is None:
            raise FileNotFoundError("a group needs Debian's redis-server and redis-sentinel")
        self.ports = (free_port(), free_port())
        self._servers: dict[int, subprocess.Popen[bytes]] = {}
        self.start(self.ports[0])
        self.start(self.ports[1], primary=self.ports[0])
        self.sentinel_port = free_port()
        self._sentinel = self._start_sentinel(sentinel)

    @property
    def url(self) -> str:
        """The address that the service is given."""
        return f"redis+sentinel://127.0.0.1:{self.sentinel_port}/{NAME}/0"

    def start(self, port: int, primary: int | None = None) -> None:
        """Start the server of a port, as a replica of `primary` if named, and wait until it answers."""
        folder = self._folder / str(port)
        folder.mkdir(parents=True, exist_ok=True)
        options = {
            "port": str(port), "bind": "127.0.0.1", "dir": str(folder), "save": "", "appendonly": "yes",
            "appendfsync": "always", "repl-diskless-sync-delay": "0", "maxmemory-policy": "noeviction",
        }  # fmt: skip
        if primary is not None:
            options["replicaof"] = f"127.0.0.1 {primary}"
        command = [self._binary, *(part for name, value in options.items() for part in (f"--{name}", value))]
        with (folder / "redis.log").open("ab") as log:
            self._servers[port] = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(lambda: self._answers(port), 30)

    def primary(self) -> int:
        """The port of the present primary, as the Sentinel says."""
        address = self._ask_sentinel().execute_command(  # type: ignore[no-untyped-call]
            "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME
        )
        return int(address[1])

    def switches(self) -> list[datetime]:
        """When the Sentinel named another primary, oldest first."""
        lines = (self._folder / "sentinel.log").read_text(errors="replace").splitlines()
        times = [line.split(" ", 1)[1][:24] for line in lines if "+switch-master" in line]
        return [datetime.strptime(time, "%d %b %Y %H:%M:%S.%f").astimezone() for time in times]

    def client(self, port: int) -> redis.Redis:
        """A client of one server."""
        return redis.Redis(port=port, socket_timeout=5.0)

    def signal(self, port: int, number: signal.Signals) -> None:
        """Send a signal to the server of a port."""
        self._servers[port].send_signal(number)

    def kill(self, port: int) -> None:
        """End the server of a port at once."""
        self._servers[port].kill()
        self._servers[port].wait()

    def wait_for_new_primary(self, old: int, seconds: float) -> int:
        """The port of the primary that has replaced `old`; TimeoutError when there is none in time."""
        wait_until(lambda: self.primary() != old, seconds)
        return self.primary()

    def close(self) -> None:
        """End all."""
        for process in (self._sentinel, *self._servers.values()):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(10)

    def _start_sentinel(self, binary: str) -> subprocess.Popen[bytes]:
        path = self._folder / "sentinel.conf"
        path.write_text(
            f"port {self.sentinel_port}\nbind 127.0.0.1\ndir {self._folder}\n"
            f"sentinel monitor {NAME} 127.0.0.1 {self.ports[0]} 1\n"
            f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER_MS}\nsentinel failover-timeout {NAME} 10000\n"
        )
        with (self._folder / "sentinel.log").open("ab") as log:
            process = subprocess.Popen([binary, str(path)], stdout=log, stderr=log)
        wait_until(self._knows_replica, 60)
        return process

    def _knows_replica(self) -> bool:
        with suppress(redis.RedisError):
            return len(self._ask_sentinel().sentinel_slaves(NAME)) == 1
        return False

    def _ask_sentinel(self) -> redis.Redis:
        return redis.Redis(port=self.sentinel_port, socket_timeout=2.0, decode_responses=True)

    def _answers(self, port: int) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client(port).ping())
        time.sleep(0.02)
        return False
