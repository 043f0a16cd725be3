"""How good forecasts were, beside the last value's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from forecaster.arrays import Floats
from forecaster.distribution import unchanged
from forecaster.scores.roc import RocCounts
from forecaster.scores.row_scores import RowScores, brier, interval_coverage
from forecaster.scores.row_scores import score_rows as by_rows
from forecaster.verification.matured import VerificationRow
from pedalcast.forecasts.verification.pending_runs import PendingRun


@dataclass(frozen=True, slots=True)
class MatchedForecast:
    """One horizon of one run, matched: `bikes` and `docks`, float32[N], were observed at `observed_at` (epoch seconds).

    NaN where the station was not seen. `at` is the horizon's place in `pending`.
    """

    pending: PendingRun
    at: int
    observed_at: int
    bikes: Floats
    docks: Floats

    @property
    def minutes(self) -> int:
        return self.pending.minutes[self.at]

    @property
    def target(self) -> int:
        return self.pending.targets[self.at]


def score(outcome: MatchedForecast) -> VerificationRow:
    """The sums over the stations that were observed and had a count to start from, by the backtest's scores."""
    pending = outcome.pending
    seen = np.isfinite(outcome.bikes) & np.isfinite(pending.last_bikes)
    forecast = pending.distribution(outcome.at).take(seen)
    truth = outcome.bikes[seen], outcome.docks[seen]
    model = by_rows(forecast, *truth, seed=pending.made_at)
    last = by_rows(unchanged(forecast.now, forecast.docks), *truth)
    return VerificationRow(
        made_at=datetime.fromtimestamp(pending.made_at, UTC),
        target_at=datetime.fromtimestamp(outcome.target, UTC),
        horizon=outcome.minutes,
        model=pending.model,
        count=int(seen.sum()),
        docked=int(np.isfinite(model.full + model.was_full).sum()),
        covered=int(interval_coverage(model).sum()),
        **_sums(model),
        **{f"last_{name}": value for name, value in _sums(last).items()},
    )


def _sums(scored: RowScores) -> dict[str, Any]:
    """What is summed for the model as for persistence, by the names that rows have for it."""
    return {
        "absolute": _sum(scored.absolute),
        "squared": _sum(scored.square),
        "crps": _sum(scored.crps),
        "brier_empty": _sum(brier(scored.empty, scored.was_empty)),
        "brier_full": _sum(brier(scored.full, scored.was_full)),
        "ranked_empty": RocCounts.of(scored.empty, scored.was_empty),
        "ranked_full": RocCounts.of(scored.full, scored.was_full),
    }


def _sum(values: Floats) -> float:
    return float(np.nansum(values, dtype=np.float64))
