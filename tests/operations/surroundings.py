"""Servers around the service, from Debian's packages: each on a free port of the loopback, ended with its block."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import redis
import yaml
from bench.support.servers import QUIET, free_port, wait_until

from pedalcast.settings import Settings
from pedalcast.settings_aliases import ALIASES
from tests.infra.polled_city import answers
from tests.missing import missing

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 420.0  # the machine may be busy with much else


def program(name: str) -> str:
    """Where a program is; skips (in CI: fails) without it."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or missing(name)


@contextmanager
def process(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in `folder` while the block runs; what it says goes into `<program>.log` there."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("ab") as stream:
        running = subprocess.Popen(
            command, cwd=folder, env=dict(environment or os.environ), stdin=subprocess.DEVNULL, stdout=stream,
            stderr=stream,
        )  # fmt: skip
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            running.terminate()
        try:
            running.wait(60)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def tcp_redis(folder: Path) -> Iterator[int]:
    """The port of Debian's Redis, which keeps nothing."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    with process([program("redis-server"), *options], folder):
        with redis.Redis(port=port) as client:
            wait_until(lambda: _pings(client), PATIENCE_S)
        yield port


def _pings(client: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(client.ping())
    return False


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment without anybody's settings of the service, and these ones."""
    names = {name.upper() for name in Settings.model_fields} | {name for alias in ALIASES for name in alias.names}
    return {name: value for name, value in os.environ.items() if name not in names} | QUIET | settings


@contextmanager
def replica(folder: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and the process of `python -m pedalcast serve`, once it is alive."""
    port = free_port()
    environment = clean_environment(PORT=str(port), DATA_DIR=str(folder / "data"), RATE_LIMITS="false", **settings)
    with process([sys.executable, "-m", "pedalcast", "serve"], folder, environment) as running:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: running.poll() is not None or answers(f"{url}/health"), PATIENCE_S)
        assert running.poll() is None, "".join(path.read_text() for path in folder.glob("*.log"))
        yield url, running


class PrometheusServer:
    """Asks a running Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str) -> list[float]:
        """The present values of an expression; empty where there are none."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=30).json()
        assert answer["status"] == "success", answer
        return [float(result["value"][1]) for result in answer["data"]["result"]]


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, list[str]]) -> Iterator[PrometheusServer]:
    """Debian's Prometheus with the project's rules and jobs; `targets` by job, asked every second."""
    configuration: dict[str, Any] = yaml.safe_load((ROOT / "infra/prometheus/prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in configuration["scrape_configs"]}
    assert set(targets) <= set(jobs)
    configuration["scrape_configs"] = [
        {"job_name": name, "static_configs": [{"targets": addresses}]} for name, addresses in targets.items()
    ]
    configuration["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(ROOT / "infra/prometheus/rules/*.yml")]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    port = free_port()
    options = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
    with process([program("prometheus"), *options, f"--web.listen-address=127.0.0.1:{port}"], folder):
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/-/ready"), PATIENCE_S)
        yield PrometheusServer(url)


@contextmanager
def node_exporter(folder: Path) -> Iterator[str]:
    """The address of Debian's node_exporter."""
    address = f"127.0.0.1:{free_port()}"
    with process([program("prometheus-node-exporter"), f"--web.listen-address={address}"], folder):
        wait_until(lambda: answers(f"http://{address}/metrics"), PATIENCE_S)
        yield address


@contextmanager
def redis_exporter(folder: Path, redis_port: int) -> Iterator[str]:
    """The address of Debian's redis_exporter for this Redis."""
    address = f"127.0.0.1:{free_port()}"
    options = [
        "-web.listen-address",
        address,
        "-redis.addr",
        f"redis://127.0.0.1:{redis_port}",
        "-include-system-metrics",
    ]
    with process([program("prometheus-redis-exporter"), *options], folder):
        wait_until(lambda: answers(f"http://{address}/metrics"), PATIENCE_S)
        yield address
