"""`PROCESSES=2`: two processes on one port, measured together, one started again when it is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from bench.support.servers import redis_server, wait_until
from prometheus_client.parser import text_string_to_metric_families

from tests.infra.polled_city import answers, polled_city
from tests.operations.surroundings import PATIENCE_S, clean_environment, process, replica

ALL = "/api/v1/predict/stations"
Samples = dict[tuple[str, str], float]  # by name and process, the other labels summed


@dataclass(frozen=True)
class Pair:
    """The address of two processes and the process id of who looks after them."""

    url: str
    parent: int


@pytest.fixture(scope="module")
def pair(folder: Path, postgres_url: str) -> Iterator[Pair]:
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        stack.enter_context(polled_city(redis_url))
        settings = {"REDIS_URL": redis_url, "DATABASE_URL": postgres_url, "CHAT": "false", "WORKERS": "2"}
        settings |= {"RETRAIN_EVERY": "PT0S", "FORECAST_LEASE": "PT3S"}
        url, running = stack.enter_context(replica(folder / "pair", **settings))
        wait_until(lambda: {number for _, number in _samples(url)} == {"0", "1"}, PATIENCE_S)
        wait_until(lambda: answers(url + ALL), PATIENCE_S)
        yield Pair(url, running.pid)


def _samples(url: str) -> Samples:
    samples: Samples = {}
    for family in text_string_to_metric_families(httpx.get(f"{url}/metrics", timeout=60).text):
        for sample in family.samples:
            key = sample.name, sample.labels["process"]
            samples[key] = samples.get(key, 0.0) + sample.value
    return samples


def _sum(samples: Samples, name: str) -> float:
    return sum(value for (sample, _), value in samples.items() if sample == name)


def test_one_of_them_forecasts_and_every_request_is_counted_once(pair: Pair) -> None:
    wait_until(lambda: _sum(_samples(pair.url), "pedalcast_forecast_leader") == 1.0, PATIENCE_S)
    before = _sum(_samples(pair.url), "pedalcast_front_requests_total")
    for _ in range(60):  # each on a connection of its own: whichever process takes it
        assert httpx.get(f"{pair.url}{ALL}", timeout=60).status_code == 200
    after = _samples(pair.url)
    assert _sum(after, "pedalcast_front_requests_total") - before == 60
    assert _sum(after, "pedalcast_front_request_seconds_count") == _sum(after, "pedalcast_front_requests_total")


def test_a_killed_one_is_started_again(pair: Pair) -> None:
    children = Path(f"/proc/{pair.parent}/task/{pair.parent}/children")
    first, second = (int(pid) for pid in children.read_text().split())
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(children.read_text().split()) == 2 and str(first) not in children.read_text(), PATIENCE_S)
    assert str(second) in children.read_text()
    wait_until(lambda: {number for _, number in _samples(pair.url)} == {"0", "1"}, PATIENCE_S)
    wait_until(lambda: _sum(_samples(pair.url), "pedalcast_forecast_leader") == 1.0, PATIENCE_S)
    assert httpx.get(f"{pair.url}{ALL}", timeout=60).status_code == 200


def test_files_of_one_process_are_refused_to_several(folder: Path) -> None:
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        settings = {"REDIS_URL": redis_url, "CHAT": "false", "PROCESSES": "2", "PORT": "0", "DATA_DIR": str(folder)}
        command = [sys.executable, "-m", "pedalcast", "serve"]
        running = stack.enter_context(process(command, folder / "refused", clean_environment(**settings)))
        assert running.wait(PATIENCE_S) == 1
        log = next((folder / "refused").glob("*.log")).read_text()
        assert "pedalcast: PROCESSES: several want a database server (DATABASE_URL)" in log
