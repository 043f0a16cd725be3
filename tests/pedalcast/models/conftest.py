"""A small city's history, a small model of it, and a service over both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from collector.feeds.simulated_city import SYSTEM, SimulatedCity
from forecaster.drift import FILE, DriftReference
from forecaster.features import feature_hash
from forecaster.history import History, SystemRecord
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting
from forecaster.objects import ObjectStore, open_objects
from forecaster.registry.bundle import Bundle, Manifest
from forecaster.registry.registry import Registry
from forecaster.training.trainer import collect_training_set, fit
from pedalcast.app import create_app
from pedalcast.embedded.sources.snapshot_rows import station_rows, status_rows
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve

TOKEN = "a-token-of-the-tests"
END = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLL = timedelta(minutes=5)
DAYS = 2.5
Rows = tuple  # of polars' frames
Keep = Callable[..., str]
Bearer = Callable[[FastAPI], httpx.Client]


@pytest.fixture(scope="session")
def city_rows() -> Rows:
    """Two and a half days of a dozen stations: rows of the history, and of its station table."""
    start = END - timedelta(days=DAYS)
    city = SimulatedCity(7, 12, start)
    snapshots = [city.fetch(start + POLL * number) for number in range(int(DAYS * 288))]
    rows = status_rows(snapshots)
    return rows, station_rows(rows, snapshots[-1])


@pytest.fixture
def live_through(city_rows: Rows) -> Callable[[ObjectStore], History]:
    """Write the city's days into a store."""

    def write(objects: ObjectStore) -> History:
        history = History(objects)
        history.write(city_rows[0])
        history.update_table(city_rows[1])
        history.set_system(SystemRecord(id=SYSTEM.id, name=SYSTEM.name, timezone=SYSTEM.timezone, country="KR"))
        return history

    return write


@pytest.fixture(scope="session")
def trained(city_rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> tuple[ForecastModel, DriftReference]:
    """A model of the city with only a few trees, and how its inputs lay."""
    history = History(open_objects(tmp_path_factory.mktemp("history")))
    history.write(city_rows[0])
    history.update_table(city_rows[1])
    learned = collect_training_set(history, horizons=(10, 30), sample_rows=2000)
    model = fit(learned, engine="xgboost", horizons=(10, 30), boosting=Boosting(rounds=4, leaves=4))
    return model, DriftReference.of(learned.sample.x)


@pytest.fixture
def objects(settings: Settings) -> ObjectStore:
    """The service's object store."""
    return open_objects(settings.objects_url)


@pytest.fixture
def registry(objects: ObjectStore) -> Registry:
    return Registry(objects)


@pytest.fixture
def keep(registry: Registry, trained: tuple[ForecastModel, DriftReference]) -> Keep:
    """Keep the model as a version of that name; files given by name (`a__b` for `a.b`) replace its own."""

    def upload(
        name: str, *, promote: bool = False, metrics: dict[str, Any] | None = None, card: str = "", **files: bytes
    ) -> str:
        model, reference = trained
        changed = {key.replace("__", "."): data for key, data in files.items()}
        manifest = Manifest(name, END, model.engine, model.horizons, feature_hash())
        content = {**model.save(), FILE: reference.to_json(), **changed}
        version = registry.upload(Bundle(manifest, content, metrics or {}, card))
        if promote:
            registry.promote(version, reason=f"{name} is best")
        return version

    return upload


@pytest.fixture
def admin(serve: Serve) -> Bearer:
    """A client that shows the admin token to the service it is given."""

    def client(app: FastAPI) -> httpx.Client:
        found = serve(app)
        found.headers["Authorization"] = f"Bearer {TOKEN}"
        found.timeout = 30
        return found

    return client


@pytest.fixture
def service(settings: Settings, admin: Bearer) -> httpx.Client:
    """A running service, spoken to with the admin token."""
    return admin(create_app(settings))


@pytest.fixture
def away(settings: Settings, tmp_path: Path) -> Callable[[], None]:
    """Take the object store away: a file lies where its folder was."""

    def take() -> None:
        store = Path(settings.objects_url)
        store.rename(tmp_path / "elsewhere")
        store.write_text("not a folder")

    return take
