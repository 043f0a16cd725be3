"""What the judge finds, kept and shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from forecaster.distribution import CHANGES, WIDTH
from forecaster.objects import ObjectError, open_objects
from forecaster.packed_distribution import PackedDistribution
from forecaster.verification import matured
from pedalcast.forecasts.verification.matched_forecast import MatchedForecast
from pedalcast.forecasts.verification.pending_runs import PendingRun
from pedalcast.forecasts.verification.score_recorder import ScoreRecorder, VerificationMetrics

MADE = datetime(2026, 11, 20, 14, 55, tzinfo=UTC)  # five to midnight in Seoul


def outcome(minutes: int = 10) -> MatchedForecast:
    """Two stations that had 5 bikes each, were surely to have 6, and have 7 and 5."""
    target = int((MADE + timedelta(minutes=minutes)).timestamp())
    one_more = np.broadcast_to(CHANGES >= 1, (2, WIDTH)).astype(np.float32)
    five = np.full(2, 5, np.float32)
    pending = PendingRun(
        run="r", model="m", made_at=int(MADE.timestamp()), minutes=(minutes,), targets=(target,), ids=("A", "B"),
        packed=(PackedDistribution.of(one_more),), last_bikes=five, last_docks=five,
    )  # fmt: skip
    return MatchedForecast(pending, 0, target, np.array([7, 5], np.float32), np.array([3, 5], np.float32))


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def recorder(registry: CollectorRegistry, store: Path) -> ScoreRecorder:
    return ScoreRecorder(open_objects(str(store)), VerificationMetrics(registry), lambda: "Asia/Seoul")


class TestRecorder:
    def test_keeps_scores_where_the_models_lie(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        keeper = recorder(registry, tmp_path)
        keeper.worker.start()
        keeper.matured([outcome(10), outcome(30)])
        keeper.worker.stop()
        rows = matured.read(open_objects(str(tmp_path)), MADE, MADE + timedelta(hours=1))
        assert [row.horizon for row in rows] == [10, 30]
        assert (rows[0].model, rows[0].made_at, rows[0].count) == ("m", MADE, 2)
        assert (rows[0].absolute, rows[0].last_absolute, rows[0].covered) == (2, 2, 0)
        assert (rows[0].crps, rows[0].last_crps) == (2, 2)
        assert rows[0].ranked_empty is not None

    def test_waits_for_a_store_that_is_away(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        store = tmp_path / "objects"
        store.write_text("a file where the folder should be")
        keeper = recorder(registry, store)
        keeper.matured([outcome()])
        with pytest.raises(ObjectError):
            keeper.flush()
        store.unlink()
        keeper.flush()
        assert len(matured.read(open_objects(str(store)), MADE, MADE + timedelta(hours=1))) == 1


class TestMetrics:
    def test_show_errors_by_horizon_and_local_hour(self, registry: CollectorRegistry, tmp_path: Path) -> None:
        keeper = recorder(registry, tmp_path)
        keeper.matured([outcome(10)])
        keeper.flush()
        where = {"horizon": "10", "hour": "0"}
        assert registry.get_sample_value("pedalcast_matured_total", where) == 2
        assert registry.get_sample_value("pedalcast_matured_covered_total", where) == 0
        by_model = {**where, "score": "squared", "by": "model"}
        assert registry.get_sample_value("pedalcast_matured_score_total", by_model) == 2
        assert registry.get_sample_value("pedalcast_matured_score_total", {**by_model, "by": "persistence"}) == 4
        crps = {**where, "score": "crps", "by": "model"}
        assert registry.get_sample_value("pedalcast_matured_score_total", crps) == 2
        assert registry.get_sample_value("pedalcast_matured_lift", {"horizon": "10"}) == 0

    def test_count_what_could_not_be_judged(self, registry: CollectorRegistry) -> None:
        VerificationMetrics(registry).missed(30)
        assert registry.get_sample_value("pedalcast_matured_missed_total", {"horizon": "30"}) == 1
