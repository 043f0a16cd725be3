"""The examples for people who build on the API run against a running service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import redis
from fastapi import FastAPI

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.missing import missing
from tests.pedalcast.conftest import running
from tests.stopped_clock import StoppedClock

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "integrate.md").read_text(encoding="utf-8")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def service(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service with an empty and a full station, forecast once."""
    stations = tuple(Station(name, name, bikes, 10 - bikes, 37.5, 127.0, 10) for name, bikes in (("A", 0), ("B", 9)))
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        system = System("toy", "Toy", "Asia/Seoul", "ko")
        SnapshotStore(client).publish(Snapshot(system, window_of(NOON), NOON, stations=stations))
    settings = Settings(
        _env_file=None,
        redis_url=redis_url,
        data_dir=tmp_path_factory.mktemp("data"),
        chat=False,
        general_model=False,
    )
    with running(create_app(settings, clock=StoppedClock(NOON))) as client:
        for _ in range(1000):
            if client.get("/api/v1/predict/stations").is_success:
                break
        yield client


def example(language: str) -> str:
    """The page's one example in a language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


def run(command: list[str], service: httpx.Client, **environment: str) -> list[str]:
    """The lines that a program prints, told where the service is."""
    env = {**os.environ, "PEDALCAST_URL": str(service.base_url).rstrip("/"), **environment}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_python_prints_who_will_be_empty_and_asks_only_for_what_is_new(service: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(example("python"), encoding="utf-8")
    lines = run([sys.executable, str(file)], service, ROUNDS="2", WAIT_S="0")
    assert len(lines) == 2
    assert re.fullmatch(r"A \d+% at 2026-11-20T12:30:00Z", lines[0])
    assert lines[1] == "nothing new"


def test_javascript_advises_at_each_forecast(service: httpx.Client, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("node")
    file = tmp_path / "example.mjs"
    file.write_text(example("javascript"), encoding="utf-8")
    lines = run([node, str(file)], service, STATION="B", ROUNDS="1")
    assert len(lines) == 1
    assert re.match(r"GO A bike at B at 21:10: likely", lines[0])


def test_every_path_it_names_exists(service: httpx.Client) -> None:
    paths = set(service.get("/openapi.json").json()["paths"])
    named = set(re.findall(r"`(/api/v1/[a-z/]+?(?:/\{id\}(?:/[a-z]+)?)?)(?:\?[^`]*)?`", PAGE))
    assert len(named) >= 6
    for name in named:
        assert name.replace("{id}", "{station_id}") in paths, name
