"""A service of GBFS files alone, fed by what a real collector wrote into a real Redis."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history.history import History
from forecaster.objects import open_objects
from pedalcast.forecasts.service import ForecastService
from pedalcast.gbfs.endpoints import router
from pedalcast.gbfs.service import GbfsService
from pedalcast.gbfs.system_files import Operator
from pedalcast.gbfs.versions import served_versions
from pedalcast.kit import errors
from pedalcast.kit.web.http_server import listen
from pedalcast.stations.recent_polls import RecentPolls
from pedalcast.stations.service import StationService
from tests.stopped_clock import StoppedClock

Published = Callable[[Snapshot], httpx.Client]
Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def gbfs_app(store: SnapshotStore, tmp_path: Path, clock: StoppedClock) -> FastAPI:
    """The GBFS endpoints over an empty store; `app.state.stations` loads what is written to it."""
    stations = StationService(
        store=store,
        history=History(open_objects(tmp_path / "objects")),
        clock=clock,
        stale_after=timedelta(minutes=15),
        recent=RecentPolls(timedelta(hours=1)),
    )
    app = FastAPI()
    errors.install(app)
    app.include_router(router)
    app.state.stations, app.state.forecasts = stations, ForecastService()
    app.state.gbfs = GbfsService(
        stations=stations,
        forecasts=app.state.forecasts,
        scores=lambda _model, _hours: {},
        clock=clock,
        operator=Operator("gbfs@example.com", "24/7"),
        served=served_versions(draft=True),
    )
    return app


@pytest.fixture
def publish(gbfs_app: FastAPI, store: SnapshotStore, eventually: Eventually) -> Iterator[Published]:
    """Publish a snapshot and serve it as GBFS; the client knows the address."""
    with ExitStack() as stack:

        def published(snapshot: Snapshot) -> httpx.Client:
            store.publish(snapshot)
            gbfs_app.state.stations.load()
            return stack.enter_context(_served(gbfs_app, eventually))

        yield published


@contextmanager
def _served(app: FastAPI, eventually: Eventually) -> Iterator[httpx.Client]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with listen("127.0.0.1", 0) as sock:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        eventually(lambda: server.started)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{sock.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(60)
