"""What the judge finds, kept and shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from forecaster import matured
from forecaster.objects import open_objects
from pedalcast.forecasts.pending import Pending
from pedalcast.forecasts.recording import MaturedMetrics, Recorder
from pedalcast.forecasts.scoring import Outcome

MADE = datetime(2026, 11, 20, 14, 55, tzinfo=UTC)  # five to midnight in Seoul


def outcome(minutes: int = 10) -> Outcome:
    """Two stations that had 5 bikes each, were expected to have 6, and have 7 and 5."""

    def row(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.full((1, 2), value, np.float32)

    target = int((MADE + timedelta(minutes=minutes)).timestamp())
    pending = Pending(
        run="r", model="m", made_at=int(MADE.timestamp()), minutes=(minutes,), targets=(target,), ids=("A", "B"),
        bikes=row(6), low=row(5).astype(np.int16), high=row(6).astype(np.int16),
            median=row(6).astype(np.int16), p_bike=row(1), p_dock=row(1),
        last_bikes=row(5)[0], last_docks=row(5)[0],
    )  # fmt: skip
    return Outcome(pending, 0, target, np.array([7, 5], np.float32), np.array([3, 5], np.float32))


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def recorder(registry: CollectorRegistry, store: Path) -> Recorder:
    return Recorder(open_objects(str(store)), MaturedMetrics(registry), lambda: "Asia/Seoul")


class TestRecorder:
    def test_keeps_scores_where_the_models_lie(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        keeper = recorder(registry, tmp_path)
        keeper.start()
        keeper.matured([outcome(10), outcome(30)])
        keeper.stop()
        rows = matured.read(open_objects(str(tmp_path)), MADE, MADE + timedelta(hours=1))
        assert [row.horizon for row in rows] == [10, 30]
        assert (rows[0].model, rows[0].made_at, rows[0].count) == ("m", MADE, 2)
        assert (rows[0].absolute, rows[0].last_absolute, rows[0].covered) == (2, 2, 1)

    def test_waits_for_a_store_that_is_away(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        store = tmp_path / "objects"
        store.write_text("a file where the folder should be")
        keeper = recorder(registry, store)
        keeper.matured([outcome()])
        assert not keeper.flush()
        store.unlink()
        assert keeper.flush()
        assert len(matured.read(open_objects(str(store)), MADE, MADE + timedelta(hours=1))) == 1


class TestMetrics:
    def test_show_errors_by_horizon_and_local_hour(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        recorder(registry, tmp_path).matured([outcome(10)])
        where = {"horizon": "10", "hour": "0"}
        assert registry.get_sample_value("pedalcast_matured_total", where) == 2
        assert registry.get_sample_value("pedalcast_matured_covered_total", where) == 1
        by_model = {**where, "score": "squared", "by": "model"}
        assert registry.get_sample_value("pedalcast_matured_score_total", by_model) == 2
        assert registry.get_sample_value("pedalcast_matured_score_total", {**by_model, "by": "persistence"}) == 4
        assert registry.get_sample_value("pedalcast_matured_lift", {"horizon": "10"}) == 0

    def test_count_what_could_not_be_judged(self, registry: CollectorRegistry) -> None:
        MaturedMetrics(registry).missed(30)
        assert registry.get_sample_value("pedalcast_matured_missed_total", {"horizon": "30"}) == 1
