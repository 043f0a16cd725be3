"""A small city, polls of it, and a model that says something easy to check."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import redis
from bench.sample_data.memory_history import MemoryHistory
from prometheus_client import CollectorRegistry

from collector.clocks import Clock
from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from forecaster.arrays import Floats
from forecaster.distribution import CHANGES, WIDTH
from forecaster.model import Forecast, ForecastModel
from forecaster.model.boosting import Boosting
from forecaster.model.forecast import Spread
from forecaster.training.trainer import train
from forecaster.window import StationSet, Window
from pedalcast.forecasts.forecast_cycle import ForecastCycle
from pedalcast.forecasts.forecast_loop import ForecastLoop, LoopDependencies, RunListeners
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo
from pedalcast.forecasts.inputs.poll_window import PollWindow, StationLookup
from pedalcast.forecasts.leadership.lease import HeldLease, Lease
from pedalcast.forecasts.metrics import ForecastMetrics
from pedalcast.forecasts.prediction.active_model import ActiveModel
from pedalcast.forecasts.prediction.models import Model, PersistenceModel
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.forecasts.served_run import ServedRunHolder
from pedalcast.kit.redis_connection import connect
from pedalcast.kit.runtime.thread_priority import PriorityGate
from tests.redis_server import bundled, installed
from tests.stopped_clock import StoppedClock

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CITY = System("toy", "Toy city", "Asia/Seoul", "ko")

Poll = Callable[..., Snapshot]


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(START)


@pytest.fixture
def poll() -> Poll:
    """Make the snapshot of a minute after `START`: station ids and their bikes, ten docks each."""

    def make(minute: float, bikes: dict[str, int] | None = None, *, system: System = CITY, **more: object) -> Snapshot:
        at = START + timedelta(minutes=minute)
        counts = {"ST-1": 3, "ST-2": 0, "ST-3": 10} if bikes is None else bikes
        stations = tuple(Station(name, f"Station {name}", n, 10 - n, 37.5, 127.0, 10) for name, n in counts.items())
        settled = {"window": window_of(at), "observed_at": at, **more}
        return Snapshot(system, stations=stations, **settled)  # type: ignore[arg-type]

    return make


@pytest.fixture
def store(redis_client: redis.Redis) -> SnapshotStore:
    return SnapshotStore(redis_client)


@pytest.fixture
def facts() -> StationLookup:
    """Facts of stations of which nothing is known."""

    def know(ids: tuple[str, ...]) -> StationSet:
        nothing = np.full(len(ids), np.nan)
        return StationSet(ids, nothing, nothing, nothing, nothing, "Asia/Seoul", "KR")

    return know


@pytest.fixture(scope="session")
def trained() -> ForecastModel:
    """A small model of three stations over two days, real in every part."""
    random = np.random.default_rng(1)
    times = 1_795_000_000 + 300 * np.arange(576, dtype=np.int64)
    bikes = np.clip(np.cumsum(random.integers(-1, 2, (576, 3)), axis=0) % 20, 0, 10).astype(np.float32)
    where = np.array([37.50, 37.51, 37.52])
    stations = StationSet(("A", "B", "C"), where, where + 90, np.full(3, 10.0), np.full(3, np.nan), "Asia/Seoul")
    window = Window(stations, times, bikes, 10 - bikes, np.full_like(bikes, np.nan), np.ones_like(bikes))
    return train(MemoryHistory(window), horizons=(10,), boosting=Boosting(rounds=4, leaves=4), sample_rows=1000)


@dataclass
class Plus:
    """A model that expects `more` bikes than were there last, and is certain of it."""

    more: float = 1.0
    version: str = "20261120T000000Z-plus"
    horizons: tuple[int, ...] = (10, 30)

    def features(self, window: Window) -> Floats:
        seen = np.isfinite(window.bikes).any(axis=1)
        return window.bikes[seen][-1][:, None]

    def predict(self, features: Floats, window: Window) -> Forecast:
        expected = np.tile(features[:, 0] + np.float32(self.more), (len(self.horizons), 1))
        counts = np.nan_to_num(expected, nan=-1).astype(np.int16)
        likely = np.where(np.isnan(expected), np.nan, np.float32(0.75)).astype(np.float32)
        certain = np.broadcast_to(self.more <= CHANGES, (*expected.shape, WIDTH)).astype(np.float32)
        spread = Spread(slice(None), certain)
        return Forecast(
            self.horizons, bikes=expected, low=counts, high=counts, p_bike=likely, p_dock=likely, spreads=(spread,)
        )


@pytest.fixture
def plus() -> type[Plus]:
    return Plus


@pytest.fixture
def held(redis_client: redis.Redis) -> HeldLease:
    """The lease, held by the test."""
    found = Lease(redis_client, owner="the-test").acquire()
    assert found is not None
    return found


@dataclass
class Replica:
    """One replica's forecast loop over a Redis, with what it tells."""

    loop: ForecastLoop
    board: ServedRunHolder
    models: ActiveModel
    ring: PollWindow
    lease: Lease
    registry: CollectorRegistry
    posted: list[RunInfo]
    runs: list[ForecastRun]
    turn: PriorityGate

    def metric(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    @property
    def posted_model(self) -> str | None:
        return None if self.board.posted is None else self.board.posted.info.model


@pytest.fixture
def replica(redis_url: str, redis_client: redis.Redis, facts: StationLookup) -> Iterator[Callable[..., Replica]]:
    """Build replicas, not started; those that were are stopped at the end."""
    loops: list[ForecastLoop] = []
    clients: list[redis.Redis] = []

    def build(
        model: Model | None = None,
        *,
        url: str = redis_url,
        clock: Clock | None = None,
        ttl: timedelta = timedelta(seconds=15),
    ) -> Replica:
        client, registry, board = connect(url, block_s=1), CollectorRegistry(), ServedRunHolder()
        now = clock or StoppedClock(START + timedelta(days=2))  # later than the polls of any test
        ring, models, lease = PollWindow(facts), ActiveModel(PersistenceModel((10, 30)), model), Lease(client, ttl=ttl)
        repository = ForecastRepository(client, lease.key)
        posted: list[RunInfo] = []
        runs: list[ForecastRun] = []
        parts = LoopDependencies(
            client=client,
            clock=now,
            ring=ring,
            cycle=ForecastCycle(ring, models, repository, now),
            repository=repository,
            lease=lease,
            board=board,
            instruments=ForecastMetrics(registry, board, now),
            listeners=RunListeners(posted=posted.append, made=lambda run, _: runs.append(run)),
        )
        loops.append(ForecastLoop(parts, block_ms=20))
        clients.append(client)
        return Replica(loops[-1], board, models, ring, lease, registry, posted, runs, parts.turn)

    yield build
    for loop in loops:
        loop.worker.stop()
    for client in clients:
        client.close()


class Restartable:
    """A Redis server of the test's own that keeps its data over a kill."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self.client = redis.Redis(unix_socket_path=str(self.socket))

    def start(self) -> None:
        keep = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir", str(self._folder)]
        binary = bundled() or installed() or "redis-server"
        where = [binary, "--port", "0", "--unixsocket", str(self.socket)]
        self._server = subprocess.Popen([*where, *keep], stdout=subprocess.DEVNULL)
        for _ in range(3000):
            with suppress(redis.RedisError):
                if self.client.ping():
                    return
            time.sleep(0.01)
        raise AssertionError("redis-server did not start")

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None


@pytest.fixture
def restartable() -> Iterator[Restartable]:
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = Restartable(Path(folder))
        server.start()
        yield server
        server.client.close()
        server.kill()
