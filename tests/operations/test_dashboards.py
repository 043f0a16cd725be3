"""Every panel's query, asked of a Prometheus that scrapes a running city, its Redis and this machine."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
import pytest
from bench.sample_data.memory_history import MemoryHistory
from bench.sample_data.synthetic_city import SyntheticCity
from bench.suites.serving import store_model
from bench.support.servers import free_port, wait_until

from forecaster.model import ForecastModel
from forecaster.training.trainer import train
from tests.infra.polled_city import answers
from tests.operations.surroundings import (
    PATIENCE_S,
    ROOT,
    PrometheusServer,
    clean_environment,
    node_exporter,
    process,
    prometheus,
    redis_exporter,
    tcp_redis,
)

ONLY_WITH_CHAT = ("pedalcast_chat_requests_total", "pedalcast_chat_seconds_bucket")
QUERIES = [
    (path.stem, panel["title"], target["expr"].replace("$__rate_interval", "30s"))
    for path in sorted((ROOT / "infra/grafana/dashboards").glob("*.json"))
    for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
    for target in panel["targets"]
    if not any(name in target["expr"] for name in ONLY_WITH_CHAT)
]
LOADED = {  # what must grow when people ask
    "requests": "sum(job_handler:pedalcast_requests:rate5m)",
    "kept bytes": "sum(rate(pedalcast_front_request_seconds_count[15s]))",
    "people": 'sum(rate(http_requests_total{handler=~"/api/v1/board.*"}[15s]))',
    "errors": 'sum(http_requests_total{status="503"})',
    "redis": "sum(redis_commands_processed_total)",
    "processor": 'sum(process_cpu_seconds_total{job="pedalcast"})',
}
CITY = ("--city-stations", "40", "--city-days", "0.5", "--speed", "60", "--no-train")
TOKEN = "a-token-of-the-tests-0123"


@dataclass(frozen=True)
class WatchedCity:
    """A running city and the Prometheus that watches it."""

    url: str
    prometheus: PrometheusServer


@pytest.fixture(scope="module")
def watched(folder: Path) -> Iterator[WatchedCity]:
    with ExitStack() as stack:
        redis_port = stack.enter_context(tcp_redis(folder / "redis"))
        port = free_port()
        settings = {"PORT": str(port), "DATA_DIR": str(folder / "data"), "REDIS_HOST": "127.0.0.1"}
        settings |= {"REDIS_PORT": str(redis_port), "RATE_LIMITS": "false"}
        settings |= {"GUARD_EVERY": "PT2S", "GUARD_MIN_FORECASTS": "10", "ADMIN_TOKEN": TOKEN, "RETRAIN_EVERY": "PT0S"}
        settings["CHAT"] = "false"  # opening it takes a busy machine minutes
        store_model(_small_model(), folder / "data" / "simulated-seoul")  # so that a champion is judged
        watching = {
            "pedalcast": [f"127.0.0.1:{port}"],
            "redis": [stack.enter_context(redis_exporter(folder / "exporters", redis_port))],
            "machines": [stack.enter_context(node_exporter(folder / "exporters"))],
        }
        server = stack.enter_context(prometheus(folder / "prometheus", watching))
        command = [sys.executable, "-m", "pedalcast", "run", *CITY]
        city = stack.enter_context(process(command, folder / "city", clean_environment(**settings)))
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: city.poll() is not None or answers(f"{url}/health"), PATIENCE_S)
        assert city.poll() is None, (folder / "city" / f"{Path(sys.executable).name}.log").read_text()
        yield WatchedCity(url, server)


def _small_model() -> ForecastModel:
    history = MemoryHistory(SyntheticCity.of(40, 2 * 288).window())
    return train(history, engine="xgboost", horizons=(10,), sample_rows=4_000)


def _ask_for_a_while(url: str, stop: threading.Event, pause_s: float) -> None:
    """What people do: the map, the board, a question, which a service without a chat refuses with 503."""
    with httpx.Client(base_url=url, timeout=60) as client:
        for number in count():
            if stop.wait(pause_s):
                return
            with suppress(httpx.HTTPError):
                client.get("/api/v1/predict/stations")
                client.get("/api/v1/realtime/stations")
                client.get("/api/v1/realtime/stations?limit=3")
                client.get("/api/v1/board/posts")
                client.get("/api/v1/board/posts/none")
                client.post("/api/v1/chat", json={"question": f"헬멧을 꼭 써야 하나요? {number}"})


def test_every_query_is_answered_and_what_people_do_is_seen(watched: WatchedCity) -> None:
    stop = threading.Event()
    people = [threading.Thread(target=_ask_for_a_while, args=(watched.url, stop, 1.0))]
    people[0].start()
    try:
        _end_a_job(watched.url)
        unanswered = _wait_for_answers(watched.prometheus)
        assert unanswered == []
        before = {name: watched.prometheus.ask(query)[0] for name, query in LOADED.items()}
        crowd = [threading.Thread(target=_ask_for_a_while, args=(watched.url, stop, 0.02)) for _ in range(4)]
        people += crowd
        for person in crowd:
            person.start()

        def grown() -> list[str]:
            return [name for name, query in LOADED.items() if watched.prometheus.ask(query)[0] <= before[name]]

        wait_until(lambda: not grown(), PATIENCE_S)
    finally:
        stop.set()
        for person in people:
            person.join()


def test_no_rule_fails(watched: WatchedCity) -> None:
    groups = httpx.get(f"{watched.prometheus.url}/api/v1/rules").json()["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) > 30
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []


def _end_a_job(url: str) -> None:
    """Start a training and cancel it: a job that ended is counted."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as client:
        job = client.post("/ai/retrain", json={"horizons": [10], "dry_run": True})
        assert job.status_code == 202, job.text
        client.delete(f"/ai/jobs/{job.json()['id']}")


def _wait_for_answers(server: PrometheusServer) -> list[tuple[str, str, str]]:
    """The queries that no number answers though everything had its time."""
    until = time.monotonic() + PATIENCE_S
    open_queries = QUERIES
    while open_queries and time.monotonic() < until:
        time.sleep(2)
        open_queries = [query for query in open_queries if not any(map(math.isfinite, server.ask(query[2])))]
    return open_queries
