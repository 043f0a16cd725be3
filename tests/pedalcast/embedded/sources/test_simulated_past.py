import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import SnapshotStore
from forecaster.archiving.archiver import Archiver
from forecaster.history import History
from forecaster.objects import open_objects
from pedalcast.embedded.sources.simulated_past import WARM, SimulatedPast

NOW = datetime.now(UTC)
PAST = timedelta(days=2)


def _silent(share: float, doing: str = "") -> None:
    assert 0 <= share <= 1


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(open_objects(tmp_path / "objects"))


@pytest.fixture
def city(tmp_path: Path) -> SimulatedPast:
    return SimulatedPast(tmp_path / "city.json", stations=5, past=PAST)


def _times(history: History) -> list[datetime]:
    window = history.window(NOW - timedelta(days=30), NOW + timedelta(days=30))
    return [datetime.fromtimestamp(at, UTC) for at in window.times.tolist()]


class TestLiveUntil:
    def test_every_poll_is_archived_once_without_a_gap(
        self, city: SimulatedPast, history: History, store: SnapshotStore
    ) -> None:
        polls = city.live_until(NOW, history, store, _silent)
        streamed = [entry.header.window for entry in store.entries()]
        assert NOW - WARM <= streamed[0] <= NOW - WARM + timedelta(seconds=2 * POLL_SECONDS)
        assert len(_times(history)) == polls - len(streamed)
        Archiver(store, history).run_once()
        times = _times(history)
        assert len(times) == polls
        steps = {(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)}
        assert steps == {POLL_SECONDS}
        assert history.system().timezone == "Asia/Seoul"

    def test_goes_on_as_if_it_had_never_stopped(
        self, tmp_path: Path, city: SimulatedPast, history: History, store: SnapshotStore
    ) -> None:
        city.live_until(NOW - timedelta(hours=30), history, store, _silent)
        again = SimulatedPast(tmp_path / "city.json", stations=5, past=PAST)
        assert again.new is False
        again.live_until(NOW, history, store, _silent)
        assert store.latest().header.window <= NOW
        Archiver(store, history).run_once()
        times = _times(history)
        assert times == sorted(set(times))

    def test_a_kept_city_of_another_size_is_not_gone_on_with(
        self, tmp_path: Path, city: SimulatedPast, history: History, store: SnapshotStore
    ) -> None:
        city.live_until(NOW, history, store, _silent)
        other = SimulatedPast(tmp_path / "city.json", stations=6, past=PAST)
        assert other.new is True

    def test_nothing_to_catch_up_with_changes_nothing(
        self, city: SimulatedPast, history: History, store: SnapshotStore
    ) -> None:
        city.live_until(NOW, history, store, _silent)
        before = store.latest().id
        assert city.live_until(NOW, history, store, _silent) == 0
        assert store.latest().id == before
