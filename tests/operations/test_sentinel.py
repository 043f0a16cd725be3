"""The primary of Redis is killed under load: polls, forecasts, events and chat go on over the one that replaces it."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
import redis
from bench.support.redis_group import RedisGroup
from bench.support.servers import wait_until

from collector.storage.redis_client import redis_client
from tests.infra.polled_city import PolledCity, answers
from tests.operations.surroundings import PATIENCE_S, program, replica

ALL, CHAT = "/api/v1/predict/stations", "/api/v1/chat"
PATHS = (ALL, "/api/v1/realtime/stations", f"{ALL}/ST-7")
REPLICAS = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watched:
    """Replicas by address, the group of Redis servers behind them, and the city that is polled."""

    urls: list[str]
    group: RedisGroup
    city: PolledCity


@pytest.fixture(scope="module")
def watched(folder: Path) -> Iterator[Watched]:
    program("redis-sentinel")
    with ExitStack() as stack:
        group = RedisGroup(folder / "redis")
        stack.callback(group.close)
        city = PolledCity(redis_client(group.url, socket_timeout=5.0, socket_connect_timeout=2.0))
        city.publish()
        city.publish()
        shared = {
            "REDIS_URL": group.url,
            "RETRAIN_EVERY": "PT0S",
            "FORECAST_LEASE": "PT3S",
        }
        urls = [stack.enter_context(replica(folder / str(number), **shared))[0] for number in range(REPLICAS)]
        wait_until(lambda: all(answers(url + ALL) for url in urls), PATIENCE_S)
        wait_until(lambda: all(_asks(url).status_code == 200 for url in urls), PATIENCE_S)
        yield Watched(urls, group, city)


def _asks(url: str) -> httpx.Response:
    return httpx.post(url + CHAT, json={"question": "헬멧을 꼭 써야 하나요?"}, timeout=60)


@dataclass
class Load:
    """Riders of one replica: each keeps asking until `stop`, and one listens to its events."""

    url: str
    stop: threading.Event
    outcomes: Counter[str] = field(default_factory=Counter)
    forecast_events: int = 0

    def threads(self) -> list[threading.Thread]:
        targets = (self._poll, self._chat, self._listen)
        return [threading.Thread(target=target, daemon=True) for target in targets]

    def _poll(self) -> None:
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self.stop.wait(0.05):
                for path in PATHS:
                    self._count("poll", partial(client.get, path))

    def _chat(self) -> None:
        while not self.stop.wait(0.5):
            self._count("chat", partial(_asks, self.url))

    def _count(self, kind: str, ask: Callable[[], httpx.Response]) -> None:
        try:
            outcome = str(ask().status_code)
        except httpx.HTTPError as error:
            outcome = type(error).__name__
        self.outcomes[f"{kind} {outcome}"] += 1

    def _listen(self) -> None:
        with httpx.stream("GET", f"{self.url}/api/v1/events", timeout=120) as stream:
            for line in stream.iter_lines():
                self.forecast_events += line == "event: forecasts"
                if self.stop.is_set():
                    return


def test_a_killed_primary_stops_nothing(watched: Watched) -> None:
    stop = threading.Event()
    loads = [Load(url, stop) for url in watched.urls]
    threads = [thread for load in loads for thread in load.threads()]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(load.outcomes["chat 200"] > 1 for load in loads), PATIENCE_S)
        old = watched.group.primary()
        before = [load.forecast_events for load in loads]
        watched.group.kill(old)
        assert watched.group.wait_for_new_primary(old, PATIENCE_S) != old
        for _ in range(2):  # the poll of the failover, and the one after
            observed, seconds = _publish(watched)
            log.info("the forecast of %s was there after %.2f s", observed, seconds)
        wait_until(
            lambda: all(load.forecast_events > seen for load, seen in zip(loads, before, strict=True)), PATIENCE_S
        )
        asked = [load.outcomes["chat 200"] for load in loads]
        wait_until(lambda: all(load.outcomes["chat 200"] > n for load, n in zip(loads, asked, strict=True)), PATIENCE_S)
    finally:
        stop.set()
        for thread in threads:
            thread.join(1)
    for load in loads:
        assert {name for name in load.outcomes if name not in ("poll 200", "chat 200")} == set(), load.outcomes
    assert len(watched.group.switches()) == 1


def _publish(watched: Watched) -> tuple[str, float]:
    """Publish a poll as the collector does, which tries again; its time, and how long its forecast took everywhere."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with suppress(redis.RedisError):
            snapshot = watched.city.publish()
            break
        assert time.monotonic() < until, "no poll could be stored"
        time.sleep(0.1)
    began, observed = time.monotonic(), f"{snapshot.observed_at:%Y-%m-%dT%H:%M:%SZ}"
    for url in watched.urls:
        wait_until(lambda: httpx.get(f"{url}{ALL}/ST-7").json()["observed_at"] == observed, PATIENCE_S)  # noqa: B023
    return observed, time.monotonic() - began
