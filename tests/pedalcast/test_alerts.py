"""The alerts ask for metrics that the running service has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve

INFRA = Path(__file__).resolve().parents[2] / "infra"
RULES: list[dict[str, Any]] = [
    rule
    for file in sorted((INFRA / "prometheus" / "rules").glob("*.yml"))
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
NAME = re.compile(r"(?<![:\w])pedalcast_[a-z0-9_]+(?![:\w])")  # not what a rule has recorded: level:metric:operation
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}


def asked_for() -> Iterator[tuple[str, str]]:
    """Every metric of ours that an alert, its text, its test or a dashboard names, and where."""
    for rule in RULES:
        place = rule.get("alert") or rule["record"]
        for text in (rule["expr"], *rule.get("annotations", {}).values()):
            yield from ((place, name) for name in NAME.findall(text))
    for file in (*(INFRA / "prometheus" / "tests").glob("*.yml"), *(INFRA / "grafana").rglob("*.json")):
        yield from ((file.name, name) for name in NAME.findall(file.read_text(encoding="utf-8")))


def samples(client: httpx.Client) -> set[str]:
    """The names under which the service's samples are, or will be once there is something to count."""
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    return {one.name + suffix for one in families for suffix in SUFFIXES.get(one.type, ("",))}


@pytest.fixture
def app(settings: Settings, store: SnapshotStore) -> FastAPI:
    """A service that has had a poll, with the metrics of a chat that needs seconds to open."""
    now = datetime.now(UTC)
    assert store.publish(SimulatedCity(seed=7, stations=12, start=now).fetch(now))
    made = create_app(settings)
    ChatMetrics(made.state.context.metrics, lambda: False)
    return made


def test_every_metric_asked_for_is_there(
    app: FastAPI, serve: Serve, store: SnapshotStore, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    store.record_failure(datetime.now(UTC), "timeout", "no answer")
    client = serve(app)
    eventually(lambda: "pedalcast_poll_failed_by_reason_total" in client.get("/metrics").text)
    there = samples(client)
    assert len(there) > 50
    assert [(where, name) for where, name in asked_for() if name not in there] == []


def test_the_alert_on_failed_jobs_sees_a_job_that_failed(
    app: FastAPI, serve: Serve, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    (rule,) = (rule for rule in RULES if rule.get("alert") == "JobFailed")
    ((label, value),) = set(re.findall(r'pedalcast_jobs_total\{(\w+)="(\w+)"\}', rule["expr"]))
    client = serve(app)
    client.post("/ai/retrain", headers={"X-Admin-Token": "a-token-of-the-tests"})  # there is nothing to learn from
    registry = app.state.context.metrics
    rest = {"kind": "retrain", "trigger": "request"}
    eventually(lambda: registry.get_sample_value("pedalcast_jobs_total", {**rest, label: value}) == 1)
