"""Scores by hand, on four stations."""

import numpy as np
import pytest

from forecaster.distribution import CHANGES, WIDTH
from forecaster.packed_distribution import PackedDistribution
from forecaster.scores.roc import RocCounts
from forecaster.scores.row_scores import mean_scores
from forecaster.scores.row_scores import score_rows as by_rows
from forecaster.verification.matured import summarise_rows
from pedalcast.forecasts.verification.matched_forecast import MatchedForecast, score
from pedalcast.forecasts.verification.pending_runs import PendingRun

NAN = np.nan
LAST = np.array([0, 2, 5, NAN], np.float32)


def distributions() -> np.ndarray:
    """Of changes: nobody or one comes, evenly; surely none; one in four goes; whatever."""
    cdf = np.zeros((4, WIDTH), np.float32)
    for row, chances in enumerate(({0: 0.5, 1: 0.5}, {0: 1.0}, {-1: 0.25, 0: 0.75}, {0: 1.0})):
        for change, share in chances.items():
            cdf[row, change <= CHANGES] += share
    return cdf


def outcome(bikes: list[float], docks: list[float], *, made_at: int = 0) -> MatchedForecast:
    """One horizon forecast for four stations with 10 docks each, which had 0, 2, 5 and an unknown number of bikes."""
    pending = PendingRun(
        run="r", model="m", made_at=made_at, minutes=(10,), targets=(made_at + 600,), ids=("A", "B", "C", "D"),
        packed=(PackedDistribution.of(distributions()),), last_bikes=LAST, last_docks=10 - LAST,
    )  # fmt: skip
    return MatchedForecast(pending, 0, made_at + 600, np.array(bikes, np.float32), np.array(docks, np.float32))


class TestScore:
    def test_sums_over_stations(self) -> None:
        said = score(outcome([1, 2, 10, 3], [9, 8, 0, 7]))
        assert (said.count, said.docked, said.horizon, said.model) == (3, 3, 10, "m")
        assert said.absolute == 1 + 0 + 5  # the middle of the first is no change, the smallest count at one half
        assert said.squared == pytest.approx(0.25 + 0 + 5.25**2, rel=1e-4)
        assert said.crps == pytest.approx(0.25 + 0 + 0.25**2 + 5, rel=1e-4)
        assert said.brier_empty == pytest.approx(0.25, rel=1e-4)
        assert said.brier_full == 1  # nobody expected the third to fill up
        assert (said.last_absolute, said.last_squared, said.last_crps) == (6, 26, 6)
        assert (said.last_brier_empty, said.last_brier_full) == (1, 1)

    def test_ranks_chances(self) -> None:
        said = score(outcome([0, 2, 5, 3], [10, 8, 5, 7]))
        assert isinstance(said.ranked_empty, RocCounts)
        assert (said.ranked_empty.auc(), sum(said.ranked_empty.misses)) == (1, 2)
        assert said.ranked_full is not None
        assert sum(said.ranked_full.hits) == 0

    def test_passes_over_stations_not_seen(self) -> None:
        said = score(outcome([NAN, 2, NAN, NAN], [NAN, 8, NAN, NAN]))
        assert (said.count, said.docked, said.absolute) == (1, 1, 0)

    def test_docks_without_number_are_not_judged(self) -> None:
        said = score(outcome([1, 2, 5, 3], [9, NAN, NAN, 7]))
        assert (said.count, said.docked) == (3, 1)
        assert np.isfinite(said.brier_full)

    def test_over_many_polls_they_are_the_scores_of_a_backtest(self) -> None:
        random = np.random.default_rng(0)
        rows, cdf, truth = [], [], []
        for minute in range(400):
            bikes = np.array([random.integers(0, 2), 2, random.integers(4, 6), 1], np.float32)
            found = outcome(bikes.tolist(), (10 - bikes).tolist(), made_at=300 * minute)
            rows.append(score(found))
            cdf.append(found.pending.distribution(0).take(slice(0, 3)))
            truth.append(bikes[:3])
        live = summarise_rows(rows)[10]
        bikes = np.concatenate(truth)
        whole = type(cdf[0])(*(np.concatenate([getattr(one, name) for one in cdf]) for name in ("cdf", "now", "docks")))
        backtest = mean_scores(by_rows(whole, bikes, 10 - bikes))
        for name in ("crps", "rmse", "mae_median", "brier_empty", "brier_full", "auc_empty"):
            assert getattr(live, name) == pytest.approx(backtest[name], rel=1e-3), name
        assert live.coverage80 == pytest.approx(backtest["coverage80"], abs=0.03)  # drawn at random, both
