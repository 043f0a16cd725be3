from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from forecaster.archiving.archiver import Archiver
from forecaster.history import History
from forecaster.objects import open_objects
from pedalcast.app import create_app
from pedalcast.kit.runtime.background_worker import Backoff
from pedalcast.settings import Settings
from pedalcast.stations.archive_worker import ArchiveWorker
from tests.pedalcast.conftest import Serve
from tests.stopped_clock import StoppedClock


@pytest.fixture
def quiet(settings: Settings) -> Settings:
    """The service without its chat, which takes long to open."""
    return settings.model_copy(update={"chat": False})


@pytest.fixture
def history(settings: Settings) -> History:
    return History(open_objects(settings.objects_url))


class TestArchiving:
    def test_the_service_archives_polls_and_says_so(  # noqa: PLR0917
        self,
        quiet: Settings,
        store: SnapshotStore,
        clock: StoppedClock,
        serve: Serve,
        history: History,
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        city = SimulatedCity(stations=10, start=clock.at - timedelta(hours=2))
        for minutes in (15, 10, 5):
            store.publish(city.fetch(clock.at - timedelta(minutes=minutes)))
        client = serve(create_app(quiet, clock=clock))
        eventually(lambda: "pedalcast_archived_polls_total 3.0" in client.get("/metrics").text)
        assert len(history.window(clock.at - timedelta(hours=1), clock.at).times) == 3

    def test_while_the_store_is_away_polls_wait(
        self,
        store: SnapshotStore,
        clock: StoppedClock,
        history: History,
        eventually: Callable[[Callable[[], bool]], None],
        tmp_path: Path,
    ) -> None:
        (tmp_path / "objects").write_text("a file where the folder should be")
        store.publish(SimulatedCity(stations=10, start=clock.at).fetch(clock.at))
        registry = CollectorRegistry()
        archiving = ArchiveWorker(
            Archiver(store, history, abandoned=timedelta(0)), registry, backoff=Backoff(0.05, 0.05)
        )
        archiving.worker.start()
        failed = "pedalcast_archive_failures_total", {"reason": "StoreUnavailable"}
        eventually(lambda: (registry.get_sample_value(*failed) or 0) > 1)
        (tmp_path / "objects").unlink()
        eventually(lambda: registry.get_sample_value("pedalcast_archived_polls_total") == 1)
        archiving.worker.stop()
        assert len(history.window(clock.at - timedelta(hours=1), clock.at).times) == 1
