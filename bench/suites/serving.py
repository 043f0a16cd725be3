"""Forecasts over HTTP: all beside `response_model`, one while a cycle runs, and how soon a poll is seen."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import orjson
import redis
from prometheus_client import CollectorRegistry

from bench.sample_data import trained_models
from bench.sample_data.synthetic_city import StreamEntries, SyntheticCity
from bench.support import measure
from bench.support.http_client import Client, get, header
from bench.support.measurement_report import Report, at_least, at_most
from bench.support.servers import QUIET, free_port, redis_server, running, service, wait_until
from collector.snapshot import POLL_SECONDS, Snapshot, window_of
from collector.storage.snapshot_store import STREAM, STREAM_FIELD, SnapshotStore
from forecaster.features import feature_hash
from forecaster.model import ForecastModel
from forecaster.objects import open_objects
from forecaster.registry.bundle import Bundle, Manifest
from forecaster.registry.registry import Registry
from pedalcast.kit.web.front_metrics import FrontMetrics

STATIONS = 2_700
VERSION = "bench"
ALL = "/api/v1/predict/stations"
ONE = ALL + "/ST-7"
ROUNDS = 9
HISTORY_POLLS = 24  # polls that are published before anything is measured
POLLS = 25  # polls whose way to a visible forecast is measured
TRIALS, TRIAL_S = 20, 0.1  # stretches of asking, each with and without a cycle in it
ARCHIVING = (0.4, 1.3)  # seconds after a poll between which its run is scored and archived
ALL_POLLS = HISTORY_POLLS + POLLS + 2 * TRIALS
RIDERS = 16  # connections that ask for a station
RATE = 1_000  # requests a second: a tenth of what one core answers, and many times what a city asks


@dataclass(slots=True)
class ServedCity:
    """A running service over a Redis, and the polls that are published to it."""

    url: str
    port: int
    store: SnapshotStore
    city: SyntheticCity
    polls: int = 0

    def publish(self) -> Snapshot:
        """Publish the next poll."""
        snapshot = self.city.snapshot(self.polls)
        self.polls += 1
        self.store.publish(snapshot)
        return snapshot


def run(report: Report) -> None:
    """Measure one service, a process of its own."""
    report.note(f"serving {STATIONS:,} stations")
    with _town(trained_models.trained()) as town:
        _bulk(report, town)
        _visible(report, town)
        _interference(report, town)


@contextmanager
def _town(model: ForecastModel) -> Iterator[ServedCity]:
    with ExitStack() as stack:
        url = stack.enter_context(redis_server())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        store_model(model, data)
        client = stack.enter_context(redis.Redis.from_url(url))
        town = ServedCity(
            url,
            0,
            SnapshotStore(client),
            SyntheticCity.of(STATIONS, ALL_POLLS, start=first_window()),
        )
        quiet = {"CHAT": "false", "RETRAIN_EVERY": "PT0S", "GUARD_EVERY": "PT0S"}  # no training beside what is measured
        town.port = stack.enter_context(service(url, data, **quiet))
        wait_until(lambda: _answers(town.port, "/health"), 120)
        for _ in range(HISTORY_POLLS):  # when it is up: a run at its start would count from now, hours after the polls
            newest = _stamp(town.publish())
        with Client(town.port) as web:
            wait_until(lambda: web.once(get(ONE))[0] == 200 and _observed(web) == newest, 60)
            wait_until(lambda: b"content-encoding" in web.once(_gzip())[1], 60)
            if orjson.loads(web.body(get(ONE)))["model"] != VERSION:
                raise RuntimeError("the service does not forecast with the model that is to be measured")
        yield town


def first_window() -> datetime:
    """The window of the first poll, so early that the last one does not lie ahead of the clock.

    The service takes the counts of a poll from the future as observed now, so its forecast would never be seen.
    """
    return window_of(datetime.now(UTC)) - timedelta(seconds=POLL_SECONDS * (ALL_POLLS - 1))


def store_model(model: ForecastModel, data: Path) -> None:
    """Make the model the champion of the object store in `data`."""
    registry = Registry(open_objects(str(data / "objects")))
    manifest = Manifest(VERSION, datetime.now(UTC), model.engine, model.horizons, feature_hash())
    registry.promote(registry.upload(Bundle(manifest, model.save())), reason="measured")


def _gzip() -> bytes:
    return get(ALL, Accept_Encoding="gzip")


def _bulk(report: Report, town: ServedCity) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.support.reference_api:app",
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--timeout-keep-alive",  # connections lie idle while the other server is measured
        "120",
    ]
    with ExitStack() as stack:
        stack.enter_context(running(command, lambda: _answers(port, "/memory"), {"REDIS_URL": town.url, **QUIET}))
        ours, reference = (stack.enter_context(Client(where)) for where in (town.port, port))
        samples = measure.in_turn(_ways(ours, reference), ROUNDS)
        report.add("bulk_mb", ours.once(get(ALL))[2] / 1e6)
        report.add("bulk_gzip_mb", ours.once(_gzip())[2] / 1e6)
    for name, seconds in samples.items():
        report.add(f"serve_{name}_ms", 1e3 * measure.lower_quartile(seconds))
    report.add("bulk_times_faster", measure.ratio(samples["memory"], samples["plain"]), at_least(80))
    report.add("bulk_gzip_times_faster", measure.ratio(samples["memory"], samples["gzip"]), at_least(200))
    report.add("not_modified_times_faster", measure.ratio(samples["memory"], samples["known"]), at_least(250))
    report.add("station_times_faster", measure.ratio(samples["memory_one"], samples["one"]))
    front = _front_metrics_seconds()
    report.add("front_metrics_us", 1e6 * front)
    report.add("front_metrics_percent", 100 * front / measure.lower_quartile(samples["known"]), at_most(3))


def _front_metrics_seconds() -> float:
    """Seconds that counting and timing one request takes; of the cheapest answer (304) it must stay a small part."""
    front, count = FrontMetrics(CollectorRegistry()), 20_000

    def work() -> None:
        for _ in range(count):
            front.answered(ALL, 304, perf_counter() - perf_counter())

    return measure.lower_quartile(measure.in_turn({"front": measure.timed(work)}, ROUNDS)["front"]) / count


def _ways(ours: Client, reference: Client) -> dict[str, measure.Variant]:
    """The same forecasts in every way: seconds a request."""
    tag = header(ours.once(get(ALL))[1], "etag")
    return {
        "memory": lambda: reference.seconds_each(get("/memory"), 6),
        "redis": lambda: reference.seconds_each(get("/redis"), 6),
        "plain": lambda: ours.seconds_each(get(ALL), 200),
        "gzip": lambda: ours.seconds_each(_gzip(), 600),
        "known": lambda: ours.seconds_each(get(ALL, If_None_Match=tag), 1000, status=304),
        "memory_one": lambda: reference.seconds_each(get("/memory/ST-7"), 400),
        "one": lambda: ours.seconds_each(get(ONE), 800),
    }


def _answers(port: int, path: str) -> bool:
    try:
        with Client(port, 1) as web:
            return web.once(get(path))[0] == 200
    except OSError:
        return False


def _visible(report: Report, town: ServedCity) -> None:
    """From the moment a poll is handed to the store to the moment its forecast is answered."""
    waits = []
    with Client(town.port, 1) as web:
        for _ in range(POLLS):
            started = time.perf_counter()
            wanted = _stamp(town.publish())
            while _observed(web) != wanted:
                time.sleep(0.001)
            waits.append(time.perf_counter() - started)
    report.add("visible_p50_s_2700", measure.percentile(waits, 50))
    report.add("visible_p95_s_2700", measure.percentile(waits, 95), at_most(1.0))


def _stamp(snapshot: Snapshot) -> str:
    """When the snapshot was observed, as the API writes it."""
    return snapshot.observed_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _observed(web: Client) -> str:
    """When the counts were observed that a station's forecast is made from."""
    return str(orjson.loads(web.body(get(ONE)))["observed_at"])


def _interference(report: Report, town: ServedCity) -> None:
    """What riders feel of a cycle, beside what they feel while nothing happens; stretches of both take turns.

    A stretch in a cycle begins when a poll is published, and holds all that is done at once: the forecasts, their
    publication and compression, the stations' own bodies. Another one holds what is done a second later: scores and
    archives. Each gives the 99th percentile of its requests; `measure.lower_quartile` of the stretches stands for all.
    The load is steady, and far from what the server can take. At saturation, which is told too, client, server, Redis
    and cycle want more cores than there are: that tells how the system shares them out.
    """
    request = get(ONE)
    with Client(town.port, RIDERS) as web:
        waits = _in_turn(town, lambda seconds: web.paced(request, seconds, RATE))
        report.add("station_p99_idle_ms", 1e3 * measure.lower_quartile(waits.idle))
        report.add("station_p99_in_cycle_ms", 1e3 * measure.lower_quartile(waits.cycle))
        report.add("station_p99_archiving_ms", 1e3 * measure.lower_quartile(waits.archiving))
        report.add("cycle_interference", measure.ratio(waits.cycle, waits.idle), at_most(2.0))
        report.add("archiving_interference", measure.ratio(waits.archiving, waits.idle), at_most(2.0))
        waits = _in_turn(town, lambda seconds: web.waits(request, seconds))
        report.add("station_p99_saturated_ms", 1e3 * measure.lower_quartile(waits.idle))
        report.add("cycle_interference_saturated", measure.ratio(waits.cycle, waits.idle))


@dataclass(frozen=True, slots=True)
class TailWaits:
    """The 99th percentiles of stretches of asking, seconds."""

    idle: list[float] = field(default_factory=list)
    cycle: list[float] = field(default_factory=list)
    archiving: list[float] = field(default_factory=list)


def _in_turn(town: ServedCity, ask: Callable[[float], list[float]]) -> TailWaits:
    """Ask while nothing happens, from a poll on, and while its run is archived."""
    entries = StreamEntries(town.city)
    waits = TailWaits()
    for _ in range(TRIALS):
        waits.idle.append(measure.percentile(ask(TRIAL_S), 99))
        value, name = entries.value(town.polls), entries.id(town.polls)
        town.polls += 1
        published = time.monotonic()
        town.store.redis.xadd(STREAM, {STREAM_FIELD: value}, id=name)
        waits.cycle.append(measure.percentile(ask(TRIAL_S), 99))
        time.sleep(max(0.0, published + ARCHIVING[0] - time.monotonic()))
        waits.archiving.append(measure.percentile(ask(ARCHIVING[1] - ARCHIVING[0]), 99))
        time.sleep(4 * TRIAL_S)
    return waits
