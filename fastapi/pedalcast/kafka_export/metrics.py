"""The metrics of the export."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from collector.storage.stream_entry import EntryHeader


class ExportMetrics:
    """Messages, failures, and how far the export is."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._messages = Counter(
            "pedalcast_kafka_messages_total", "Messages that the broker has confirmed", registry=registry
        )
        self.failures = Counter("pedalcast_kafka_failures_total", "Attempts that failed", ["reason"], registry=registry)
        self._newest = Gauge(
            "pedalcast_kafka_newest_poll_timestamp_seconds", "Window of the newest poll carried", registry=registry
        )

    def carried(self, header: EntryHeader) -> None:
        """A poll is with the broker."""
        self._messages.inc(header.n)
        self._newest.set(header.window.timestamp())
