"""What Redis holds of a city, by its number of stations."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from bench.sample_data.synthetic_city import SyntheticCity
from bench.support.measurement_report import Report
from bench.support.servers import redis_server
from collector.snapshot import POLL_SECONDS, window_of
from collector.storage.snapshot_store import KEPT, SnapshotStore

SIZES = (3_000, 30_000, 300_000)
POLLS = 6


def run(report: Report) -> None:
    """Measure at every size."""
    for stations in SIZES:
        report.note(f"Redis with {stations:,} stations")
        with redis_server() as url, redis.Redis.from_url(url) as client:
            _publish(report, client, stations)


def _publish(report: Report, client: redis.Redis, stations: int) -> None:
    """The present of every station, and each poll of the three days that the stream keeps."""
    start = window_of(datetime.now(UTC)) - timedelta(seconds=POLL_SECONDS * (POLLS - 1))
    city, store = SyntheticCity.of(stations, POLLS, start=start), SnapshotStore(client)
    used, seconds = [], []
    for poll in range(POLLS):
        began = time.perf_counter()
        store.publish(city.snapshot(poll))
        seconds.append(time.perf_counter() - began)
        info: Any = client.info("memory")
        used.append(info["used_memory"] / 1e6)
    each = (used[-1] - used[1]) / (POLLS - 2)
    report.add(f"redis_present_{stations}_mb", used[0])
    report.add(f"redis_poll_{stations}_mb", each)
    report.add(f"redis_three_days_{stations}_mb", used[0] + each * KEPT.total_seconds() / POLL_SECONDS)
    report.add(f"publish_{stations}_ms", 1e3 * min(seconds))
