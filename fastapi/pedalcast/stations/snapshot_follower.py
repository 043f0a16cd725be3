"""The worker that follows the stream: every poll is shown and announced."""

from __future__ import annotations

import time
from typing import Any

import orjson

from collector.storage.snapshot_store import SnapshotStore, StreamEntry
from collector.storage.station_value import JSON_OPTIONS
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.kit.runtime.thread_priority import PriorityGate
from pedalcast.stations.endpoints import PATH
from pedalcast.stations.metrics import PollMetrics
from pedalcast.stations.service import StationService

BLOCK_MS = 250  # how long stopping may have to wait
# Forecasts of the poll go first: two threads at work at once are felt by everybody who asks. So long they have to
# begin, and at most so long to end.
AFTER_S, AT_MOST_S = 0.05, 1.0
REFRESH_S = 10.0  # ages in the kept body are at most this old …
REFRESH_SHARE = 0.02  # … unless making it takes longer than this share of the time


class SnapshotFollower:
    """Follows the stream. While Redis is away the last snapshot stays, with its age."""

    def __init__(
        self,
        stations: StationService,
        store: SnapshotStore,
        events: Broadcaster,
        metrics: PollMetrics,
        first: PriorityGate,
    ) -> None:
        self._stations = stations
        self._store = store
        self._events = events
        self._metrics = metrics
        self._first = first
        self._last = "0"
        self._next_refresh = 0.0
        self.worker = BackgroundWorker("snapshot-follower", self._step, on_failure=lambda _: self._refresh())

    def load(self) -> None:
        self._last = self._stations.load()
        self._metrics.read(self._store)
        if (newest := self._store.latest()) is not None:
            self._announce(newest)

    def _step(self) -> None:
        entries = self._store.read(self._last, BLOCK_MS)
        for entry in entries:
            self._stations.recent.add(entry)
        if entries:
            self.worker.stopping.wait(AFTER_S)
            self._first.wait(AT_MOST_S)
            self._last = entries[-1].id
            self._stations.show(entries[-1])
            self._metrics.read(self._store)
            self._announce(entries[-1])
        elif self._refresh():
            self._metrics.read(self._store)

    def _refresh(self) -> bool:
        started = time.monotonic()
        if started < self._next_refresh:
            return False
        self._stations.refresh()
        ended = time.monotonic()
        self._next_refresh = ended + max(REFRESH_S, (ended - started) / REFRESH_SHARE)
        return True

    def _announce(self, entry: StreamEntry) -> None:
        snapshot_id = entry.header.snapshot_id
        event: dict[str, Any] = {
            "snapshot_id": snapshot_id,
            "observed_at": entry.header.observed_at,
            "partial": entry.header.partial,
            "stations": entry.header.n,
            "url": PATH,
        }
        self._events.publish("snapshot", f"snapshot-{snapshot_id}", orjson.dumps(event, option=JSON_OPTIONS).decode())
