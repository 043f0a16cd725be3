"""Replicas behind the proxy: one is killed under load, and nobody who polls the dashboard notices."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from bench.support.servers import free_port, redis_server, wait_until

from tests.infra.nginx_server import nginx, upstream_servers
from tests.infra.polled_city import PolledCity, answers, polled_city
from tests.operations.surroundings import PATIENCE_S, replica

ALL = "/api/v1/predict/stations"
REPLICAS, READERS, KILLED_AFTER_S, FURTHER_S = 3, 6, 4.0, 8.0
LEASE = "PT3S"
PATHS = (ALL, "/api/v1/realtime/stations", f"{ALL}/ST-7", "/api/v1/predict/rebalancing?minutes=30")


@dataclass(frozen=True)
class Fleet:
    """Replicas by address with their process ids, the proxy in front, and the city that is polled."""

    pids: dict[str, int]
    proxy: str
    city: PolledCity


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Iterator[Fleet]:
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        city = stack.enter_context(polled_city(redis_url))
        shared = {"REDIS_URL": redis_url, "CHAT": "false", "RETRAIN_EVERY": "PT0S", "FORECAST_LEASE": LEASE}
        pids = {}
        for number in range(REPLICAS):
            url, process = stack.enter_context(replica(folder / str(number), **shared))
            pids[url] = process.pid
        wait_until(lambda: all(answers(url + ALL) for url in pids), PATIENCE_S)
        ports = [int(url.rpartition(":")[2]) for url in pids]
        page = folder / "page"
        page.mkdir()
        (page / "index.html").write_text("<!doctype html>")
        settings = {"UPSTREAM_SERVERS": upstream_servers(*ports), "PAGE_DIR": str(page), "HTTP_PORT": str(free_port())}
        templates = ("templates/shared.conf.template", "templates/http.conf.template")
        yield Fleet(pids, stack.enter_context(nginx(folder / "proxy", *templates, settings=settings)), city)


def _leader(fleet: Fleet, urls: list[str]) -> str | None:
    metrics = {url: httpx.get(f"{url}/metrics", timeout=30).text for url in urls}
    return next((url for url, text in metrics.items() if "pedalcast_forecast_leader 1.0" in text), None)


def _poll(proxy: str, stop: threading.Event, outcomes: Counter[str]) -> None:
    with httpx.Client(base_url=proxy, timeout=60) as client:
        while not stop.wait(random.uniform(0.0, 0.05)):
            try:
                answer = client.get(random.choice(PATHS), headers={"Accept": "application/json"})
                outcomes[str(answer.status_code)] += 1
            except httpx.HTTPError as error:
                outcomes[type(error).__name__] += 1


def test_a_killed_replica_fails_no_poll_and_another_forecasts(fleet: Fleet) -> None:
    wait_until(lambda: _leader(fleet, list(fleet.pids)) is not None, PATIENCE_S)
    leader = _leader(fleet, list(fleet.pids))
    assert leader is not None
    stop, outcomes = threading.Event(), Counter[str]()
    readers = [threading.Thread(target=_poll, args=(fleet.proxy, stop, outcomes)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        time.sleep(KILLED_AFTER_S)
        before = sum(outcomes.values())
        os.kill(fleet.pids[leader], signal.SIGKILL)
        rest = [url for url in fleet.pids if url != leader]
        wait_until(lambda: _leader(fleet, rest) is not None, PATIENCE_S)
        observed = f"{fleet.city.publish().observed_at:%Y-%m-%dT%H:%M:%SZ}"
        for url in rest:
            wait_until(lambda: _observed(url) == observed, PATIENCE_S)  # noqa: B023 (called at once)
        time.sleep(FURTHER_S)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert set(outcomes) == {"200"}, outcomes
    assert sum(outcomes.values()) > before > READERS


def _observed(url: str) -> str:
    return str(httpx.get(f"{url}{ALL}/ST-7", timeout=30).json()["observed_at"])
