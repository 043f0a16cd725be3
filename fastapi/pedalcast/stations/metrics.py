"""The collector's health as metrics, read from what it leaves in Redis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from collector.clocks import Clock
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.stations.service import StationService

PREFIX = "pedalcast_poll_"


class PollMetrics(Collector):
    """Counters and heartbeat as last read; a scrape never waits for Redis."""

    def __init__(self, stations: StationService, clock: Clock) -> None:
        self._stations = stations
        self._clock = clock
        self._counters: dict[str, int] = {}
        self._heartbeat: dict[str, Any] = {}

    def read(self, store: SnapshotStore) -> None:
        self._counters = store.counters()
        self._heartbeat = store.heartbeat() or {}

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from self._snapshot()
        yield from self._totals()
        for prefix in ("rejected", "failed"):
            yield self._by_reason(prefix)
        failures = int(self._heartbeat.get("failures", 0))
        yield GaugeMetricFamily(PREFIX + "failures_in_a_row", "Polls failed since the last good one", failures)

    def _snapshot(self) -> Iterator[Metric]:
        stations = self._stations.stations
        if stations is None:
            return
        age = (self._clock.now() - stations.observed_at).total_seconds()
        yield GaugeMetricFamily(PREFIX + "age_seconds", "Age of the newest snapshot", age)
        ahead = self._stations.seconds_ahead()
        yield GaugeMetricFamily(PREFIX + "ahead_seconds", "How far the newest snapshot lies in the future", ahead)
        yield GaugeMetricFamily(PREFIX + "stations", "Stations in the newest snapshot", len(stations.ids))
        yield GaugeMetricFamily(PREFIX + "partial", "1 when the newest snapshot is partial", float(stations.partial))

    def _totals(self) -> Iterator[Metric]:
        for name, value in self._counters.items():
            if ":" not in name:
                yield CounterMetricFamily(f"{PREFIX}{name}", f"Total of the collector's {name}", value)

    def _by_reason(self, prefix: str) -> Metric:
        family = CounterMetricFamily(f"{PREFIX}{prefix}_by_reason", f"Polls' {prefix} by reason", labels=["reason"])
        for name, value in self._counters.items():
            kind, _, reason = name.partition(":")
            if kind == prefix and reason:
                family.add_metric([reason], value)
        return family
