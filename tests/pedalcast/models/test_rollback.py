"""A really bad model in a running service: forecasts come true, it is found out, and the one before it comes back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory
from httpx_sse import connect_sse

from collector.feeds.simulated_city import SimulatedCity
from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from forecaster.drift import FILE, LARGE_PSI, DriftReference
from forecaster.model.boosting import Boosting
from forecaster.registry.registry import Registry
from forecaster.training.trainer import collect_training_set, fit
from forecaster.window import StationSet, Window
from pedalcast.app import create_app
from pedalcast.models.monitoring.guard import MIN_HOURS
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import END, POLL, Bearer, Keep
from tests.stopped_clock import StoppedClock

WINDOW = timedelta(hours=2)
PATIENCE = 60  # polls that are enough to find it out


@pytest.fixture(scope="session")
def noise() -> dict[str, bytes]:
    """The files of a model that learned from a city whose counts were drawn anew at every poll."""
    snapshot = SimulatedCity(7, 12, END).fetch(END)
    where = np.array([(one.lat, one.lon) for one in snapshot.stations])
    ids = tuple(one.id for one in snapshot.stations)
    stations = StationSet(ids, where[:, 0], where[:, 1], np.full(12, 15.0), np.full(12, np.nan), "Asia/Seoul", "KR")
    times = int(END.timestamp()) + 300 * np.arange(600, dtype=np.int64)
    bikes = np.random.default_rng(0).integers(0, 16, (600, 12)).astype(np.float32)
    window = Window(stations, times, bikes, 15 - bikes, np.full_like(bikes, np.nan), np.ones_like(bikes))
    learned = collect_training_set(MemoryHistory(window), horizons=(10, 30), sample_rows=2_000)
    model = fit(learned, engine="xgboost", horizons=(10, 30), boosting=Boosting(rounds=4, leaves=4))
    return {**model.save(), FILE: DriftReference.of(learned.sample.x).to_json()}


class City:
    """Publishes the simulated city's polls, one every five minutes of the clock."""

    def __init__(self, store: SnapshotStore, clock: StoppedClock) -> None:
        self._city = SimulatedCity(7, 12, clock.now())
        self._store = store
        self._clock = clock

    def poll(self, after: timedelta = POLL) -> Snapshot:
        self._clock.sleep(after.total_seconds())
        snapshot = self._city.fetch(self._clock.now())
        assert self._store.publish(snapshot)
        return snapshot


@contextmanager
def events(client: httpx.Client) -> Iterator[Iterator]:
    with connect_sse(client, "GET", "/api/v1/events", timeout=30) as source:
        yield source.iter_sse()


def test_a_bad_model_is_found_out_and_rolled_back(  # noqa: PLR0917
    settings: Settings,
    serve: Serve,
    registry: Registry,
    keep: Keep,
    noise: dict[str, bytes],
    store: SnapshotStore,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    keep("good", promote=True)
    keep("noise", promote=True, **{name.replace(".", "__"): data for name, data in noise.items()})
    clock = StoppedClock(END)
    rules = {"guard_every": timedelta(seconds=1), "guard_window": WINDOW, "guard_min_forecasts": 100}
    app = create_app(settings.model_copy(update=rules), clock=clock)
    city = City(store, clock)
    city.poll()
    client = serve(app)
    board = app.state.forecasts.board
    served = []

    def forecasts_of(at: datetime) -> bool:
        return board.posted is not None and board.posted.info.observed_at == int(at.timestamp())

    with events(client) as told:
        while registry.alias("champion").version == "noise" and len(served) < PATIENCE:
            snapshot = city.poll()
            eventually(lambda at=snapshot.observed_at: forecasts_of(at))
            served.append(board.posted.info.model)
        eventually(lambda: registry.alias("champion").version == "good")
        said = next(json.loads(event.data) for event in told if event.event == "model")

    assert set(served) <= {"noise", "good"}
    assert served.count("noise") > 0.8 * WINDOW / POLL  # not before it has lost for long enough
    champion = registry.alias("champion")
    assert champion.version == "good"
    assert champion.reason.startswith("noise lost to persistence: ")
    assert said == {"version": "good", "before": "noise", "rollback": True}

    eventually(lambda: app.state.forecasts.models.current.version == "good")
    snapshot = city.poll()
    eventually(lambda: forecasts_of(snapshot.observed_at))
    assert client.get("/api/v1/predict/stations").json()["model"] == "good"
    metrics = client.get("/metrics").text
    assert 'pedalcast_model_rollbacks_total{to="model"} 1.0' in metrics
    authorization = {"Authorization": "Bearer a-token-of-the-tests"}
    entries = client.get("/api/v1/admin/audit", headers=authorization).json()["data"]
    [entry] = [entry for entry in entries if entry["action"] == "model.rollback"]
    assert (entry["actor_id"], entry["target"], entry["details"]["before"]) == (None, "good", "noise")


def test_its_live_scores_say_why(  # noqa: PLR0917
    settings: Settings,
    admin: Bearer,
    keep: Keep,
    noise: dict[str, bytes],
    store: SnapshotStore,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    keep("noise", promote=True, **{name.replace(".", "__"): data for name, data in noise.items()})
    clock = StoppedClock(END)
    app = create_app(settings.model_copy(update={"guard_every": timedelta(0)}), clock=clock)
    city = City(store, clock)
    city.poll()
    service = admin(app)
    board = app.state.forecasts.board
    for _ in range(12):
        at = int(city.poll().observed_at.timestamp())
        eventually(lambda at=at: board.posted is not None and board.posted.info.observed_at == at)
    clock.sleep(1)  # a moment after the last forecast came true
    path = "/ai/models/champion/scores"
    eventually(lambda: service.get(path).json()["live"].get("30", {}).get("count", 0) >= 72)
    for live in service.get(path).json()["live"].values():
        assert live["crps"] > 1.2 * live["crps_persistence"]
        assert live["crps_persistence"] == pytest.approx(live["mae_median_persistence"])
        assert live["rmse"] > live["rmse_persistence"]
        assert {"auc_empty", "auc_full", "coverage80", "brier_empty", "brier_full"} <= live.keys()


def test_its_inputs_have_drifted(  # noqa: PLR0917
    settings: Settings,
    admin: Bearer,
    keep: Keep,
    noise: dict[str, bytes],
    store: SnapshotStore,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    keep("noise", promote=True, **{name.replace(".", "__"): data for name, data in noise.items()})
    clock = StoppedClock(END)
    app = create_app(settings.model_copy(update={"guard_every": timedelta(seconds=1)}), clock=clock)
    city = City(store, clock)
    city.poll()
    service = admin(app)
    board = app.state.forecasts.board
    for _ in range(MIN_HOURS + 2):
        at = int(city.poll(timedelta(hours=1)).observed_at.timestamp())
        eventually(lambda at=at: board.posted is not None and board.posted.info.observed_at == at)
    # Few bikes come in two hours: the model was raised on commotion.
    eventually(lambda: drift(service, "in_120") > LARGE_PSI)


def drift(service: httpx.Client, feature: str) -> float:
    """The index of an input as the metrics tell it; 0 where they do not."""
    name = f'pedalcast_model_drift_psi{{feature="{feature}"}} '
    found = [line for line in service.get("/metrics").text.splitlines() if line.startswith(name)]
    return float(found[0].removeprefix(name)) if found else 0.0
