from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from pedalcast.kit.runtime.metrics_exchange import MetricsExchange

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="exchange-") as path:  # a socket's path must be short
        yield Path(path)


def _registry(count: int) -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("asked_total", "Asked", ["handler"], registry=registry).labels("/a").inc(count)
    Gauge("age_seconds", "Age", registry=registry).set(count)
    Histogram("took_seconds", "Took", buckets=(1, 2), registry=registry).observe(count)
    return registry


def _samples(text: bytes) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


class TestExchange:
    def test_whoever_is_asked_tells_of_all(self, folder: Path) -> None:
        exchanges = [MetricsExchange(folder, number, _registry(number + 1)) for number in range(3)]
        for exchange in exchanges:
            exchange.start()
        texts = [_samples(exchange.text()) for exchange in exchanges]
        assert texts[0] == texts[1] == texts[2]
        for number in range(3):
            process = ("process", str(number))
            assert texts[0][("asked_total", (("handler", "/a"), process))] == number + 1
            assert texts[0][("age_seconds", (process,))] == number + 1
            assert texts[0][("took_seconds_count", (process,))] == 1
        assert texts[0][("took_seconds_bucket", (("le", "2.0"), ("process", "2")))] == 0

    def test_who_does_not_answer_is_left_out(self, folder: Path) -> None:
        exchange = MetricsExchange(folder, 0, _registry(1))
        exchange.start()
        (folder / "1.sock").touch()
        assert {dict(labels).get("process") for _, labels in _samples(exchange.text())} == {"0"}

    def test_a_process_started_again_takes_its_place(self, folder: Path) -> None:
        MetricsExchange(folder, 0, _registry(1)).start()
        MetricsExchange(folder, 0, _registry(5)).start()
        other = MetricsExchange(folder, 1, _registry(7))
        assert _samples(other.text())[("age_seconds", (("process", "0"),))] == 5
