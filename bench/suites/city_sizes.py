"""What Redis and the service hold of a city, by its number of stations."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import redis

from bench.sample_data.synthetic_city import SyntheticCity
from bench.support.measurement_report import Report
from bench.support.servers import redis_server, service, wait_until
from collector.snapshot import POLL_SECONDS, window_of
from collector.storage.snapshot_store import KEPT, SnapshotStore

SIZES = (3_000, 30_000, 300_000)
POLLS = 6
ALL = "/api/v1/predict/stations"
FORECAST_S = 600.0


def run(report: Report) -> None:
    """Measure at every size."""
    for stations in SIZES:
        report.note(f"Redis with {stations:,} stations")
        with redis_server() as url, redis.Redis.from_url(url) as client:
            _publish(report, client, stations)
            report.note(f"the service with {stations:,} stations")
            _serve(report, url, stations)


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


def _serve(report: Report, url: str, stations: int) -> None:
    """A process that forecasts what lies in this Redis and answers; without a chat, which has a size of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-city-") as data:
        settings = {"CHAT": "false", "RETRAIN_EVERY": "PT0S"}
        with service(url, Path(data), **settings) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until(lambda: client.get(ALL, timeout=FORECAST_S).is_success, FORECAST_S)
            for path in (ALL, "/api/v1/realtime/stations"):
                body = client.get(path, headers={"Accept-Encoding": "gzip"}, timeout=FORECAST_S)
                report.note(f"{path}: {int(body.headers['content-length']) / 1e6:.1f} MB compressed")
            held = _samples(client.get("/metrics", timeout=FORECAST_S).text)
    report.add(f"service_{stations}_mb", held["process_resident_memory_bytes"] / 1e6)
    report.add(f"service_cpu_{stations}_s", held["process_cpu_seconds_total"])


def _samples(metrics: str) -> dict[str, float]:
    """The process's own figures."""
    lines = (line.split() for line in metrics.splitlines() if line.startswith("process_"))
    return {name: float(value) for name, value in lines}
