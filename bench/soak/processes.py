"""The processes of the soak: two replicas of the service and the collector, started, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.soak.feed_server import FeedServer
from bench.soak.shared_clock import SharedClock
from bench.support.redis_group import RedisGroup
from bench.support.servers import QUIET, free_port, wait_until

START_S = 300.0
LEASE_S = 5


@dataclass(slots=True)
class ReplicaProcess:
    """One replica: its port, its process and since when (monotonic seconds) it has been living."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    since: float
    threads_file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def resident_mb(self) -> float | None:
        """Megabytes of resident memory; None when the process is gone."""
        with suppress(OSError, StopIteration, IndexError):
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
        return None

    def is_leader(self) -> bool:
        """Whether it says that it forecasts."""
        with suppress(httpx.HTTPError):
            return "pedalcast_forecast_leader 1.0" in httpx.get(f"{self.url}/metrics", timeout=5).text
        return False

    def thread_names(self) -> list[str]:
        """The names of its living threads, sorted."""
        self.threads_file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        wait_until(self.threads_file.exists, 20)
        return self.threads_file.read_text().splitlines()


class Processes:
    """Starts everything in `folder`; `close` ends it all."""

    def __init__(self, folder: Path, clock: SharedClock, group: RedisGroup, feed: FeedServer) -> None:
        self._folder = folder
        self._log = (folder / "service.log").open("ab")
        self.polls_file = folder / "polls.jsonl"
        self.objects_folder = folder / "objects"
        self._environment = {
            **os.environ,
            **QUIET,
            "REDIS_URL": group.url,
            "GBFS_URL": feed.url,
            "LOG_LEVEL": "INFO",
            "S3_BUCKET": "",
            "FORECAST_LEASE": f"PT{LEASE_S}S",
            "RETRAIN_EVERY": "PT0S",
            "RATE_LIMITS": "false",
            "SOAK_STARTED": repr(clock.started),
            "SOAK_SPEED": repr(clock.speed),
            "SOAK_POLLS": str(self.polls_file),
        }
        self.replicas: list[ReplicaProcess] = []
        self._collector = self._python("bench.soak.polling", {})
        try:
            for name in "ab":
                self.replicas.append(self._replica(name))
            for replica in self.replicas:
                self.wait_until_ready(replica)
        except BaseException:
            self.close()
            raise

    def leader(self) -> ReplicaProcess:
        """The replica that forecasts; TimeoutError when none does for half a minute."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for replica in self.replicas:
                if replica.is_leader():
                    return replica
            time.sleep(0.2)
        raise TimeoutError("no replica forecasts")

    def wait_until_warm(self) -> None:
        """Wait until every replica has opened its chat, which keeps a core busy for a while."""
        for replica in self.replicas:
            wait_until(lambda: "chat-startup" not in replica.thread_names(), 2 * START_S)  # noqa: B023 (called at once)

    def restart(self, replica: ReplicaProcess) -> None:
        """Start a killed replica again, on the same port."""
        replica.process.wait()
        new = self._replica(replica.name, replica.port)
        replica.process, replica.since = new.process, new.since
        self.wait_until_ready(replica)

    def wait_until_ready(self, replica: ReplicaProcess) -> None:
        """Wait until it answers `/health`."""

        def answers() -> bool:
            if replica.process.poll() is not None:
                raise RuntimeError(f"replica {replica.name} ended with {replica.process.returncode}")
            with suppress(httpx.HTTPError):
                return httpx.get(f"{replica.url}/health", timeout=5).status_code == 200
            return False

        wait_until(answers, START_S)

    def close(self) -> None:
        """End the collector and the replicas in order."""
        for process in (self._collector, *(replica.process for replica in self.replicas)):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in (self._collector, *(replica.process for replica in self.replicas)):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        self._log.close()

    def stop_collector(self) -> None:
        """End the polls and wait for the one in progress."""
        self._collector.terminate()
        self._collector.wait(30)

    def _replica(self, name: str, port: int | None = None) -> ReplicaProcess:
        port = port or free_port()
        threads = self._folder / f"threads-{name}"
        own = {"PORT": str(port), "DATA_DIR": str(self._data(name)), "SOAK_THREADS": str(threads)}
        process = self._python("bench.soak.replica", own)
        return ReplicaProcess(name, port, process, time.monotonic(), threads)

    def _data(self, name: str) -> Path:
        """A folder a replica, with the objects of all in one place: each owns its vectors, history is shared."""
        data = self._folder / name
        data.mkdir(exist_ok=True)
        self.objects_folder.mkdir(exist_ok=True)
        shared = data / "objects"
        if not shared.exists():
            shared.symlink_to(self.objects_folder, target_is_directory=True)
        return data

    def _python(self, module: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", module],
            env={**self._environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
