"""What the page reads beside the two bulk bodies: playback, plans, the rebalancing list, chances of at least n."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

from bench.sample_data.synthetic_city import StreamEntries, SyntheticCity
from bench.support import measure
from bench.support.http_client import Client, get
from bench.support.measurement_report import Report, at_most
from bench.support.servers import redis_server, service, wait_until
from collector.snapshot import snapshot_id, window_of
from collector.storage.snapshot_store import STREAM, STREAM_FIELD, SnapshotStore

STATIONS, POLLS = 2_700, 288
ROUNDS = 7
PLAYBACK = "/api/v1/realtime/playback?hours=24"
PLAN = "/api/v1/predict/plan?to=ST-7&minutes=15"
MOVES = "/api/v1/predict/rebalancing?minutes=30"
FIELDS = "/api/v1/predict/stations?fields=p_bike_at_least,p_dock_at_least"


@dataclass(slots=True)
class ReadCity:
    """A running service that knows a day of polls, and how to give it the next one."""

    port: int
    store: SnapshotStore
    city: SyntheticCity
    polls: int = POLLS

    def publish(self) -> str:
        """Publish the next poll; the id of its snapshot."""
        snapshot = self.city.snapshot(self.polls)
        self.polls += 1
        self.store.publish(snapshot)
        return snapshot_id(snapshot.window)


def run(report: Report) -> None:
    """Measure one service, a process of its own, after a day of polls."""
    report.note(f"what the page reads: {STATIONS:,} stations, {POLLS} polls")
    with read_city() as city, Client(city.port, 1) as web:
        _playback(report, city, web)
        for name, path in (("plan", PLAN), ("rebalancing", MOVES), ("bulk_fields", FIELDS)):
            seconds = [_seconds(web, path) for _ in range(4 * ROUNDS)]
            report.add(f"{name}_ms", 1e3 * measure.lower_quartile(seconds))
        report.add("bulk_fields_gzip_mb", web.once(_gzip(FIELDS))[2] / 1e6)


def _playback(report: Report, city: ReadCity, web: Client) -> None:
    """The first answer makes every hour; the first after each poll makes the hour that is under way."""
    report.add("playback_first_ms", 1e3 * _seconds(web, PLAYBACK))
    report.add("playback_gzip_mb", web.once(_gzip(PLAYBACK))[2] / 1e6, at_most(1.5))
    report.add("playback_kept_ms", 1e3 * measure.lower_quartile([_seconds(web, PLAYBACK) for _ in range(4 * ROUNDS)]))
    after_polls = []
    for _ in range(ROUNDS):
        published = city.publish().encode()
        wait_until(lambda: published in web.body(get("/api/v1/realtime/stations/ST-7")), 60)  # noqa: B023
        time.sleep(1)  # the run and its compression are over
        after_polls.append(_seconds(web, PLAYBACK))
    report.add("playback_after_poll_ms", 1e3 * measure.lower_quartile(after_polls), at_most(300))


def _seconds(web: Client, path: str) -> float:
    request = _gzip(path)
    started = time.perf_counter()
    status = web.once(request)[0]
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return time.perf_counter() - started


def _gzip(path: str) -> bytes:
    return get(path, Accept_Encoding="gzip")


@contextmanager
def read_city() -> Iterator[ReadCity]:
    """Persistence forecasts: who forecasts makes no difference to what is measured."""
    start = window_of(datetime.now(UTC)) - timedelta(minutes=5 * POLLS)
    city = SyntheticCity.of(STATIONS, POLLS + ROUNDS + 1, start=start)
    with ExitStack() as stack:
        url = stack.enter_context(redis_server())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        client = stack.enter_context(redis.Redis.from_url(url))
        entries = StreamEntries(city)
        for poll in range(POLLS - 1):
            client.xadd(STREAM, {STREAM_FIELD: entries.value(poll)}, id=entries.id(poll))
        store = SnapshotStore(client)
        store.publish(city.snapshot(POLLS - 1))
        quiet = {"CHAT": "false", "RETRAIN_EVERY": "PT0S", "GUARD_EVERY": "PT0S", "GENERAL_MODEL": "false"}
        port = stack.enter_context(service(url, data, **quiet))
        with Client(port, 1) as web:
            wait_until(lambda: web.once(get("/api/v1/predict/stations/ST-7"))[0] == 200, 120)
        yield ReadCity(port, store, city)
