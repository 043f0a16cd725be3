"""What forecasts are judged by, row by row, and the means of it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Bools, Floats
from forecaster.distribution import REACH, WIDTH, Distribution
from forecaster.model.forecast import HIGH, LOW
from forecaster.scores.roc import roc_auc


@dataclass(frozen=True, slots=True)
class RowScores:
    """Scores of R forecasts, float32[R] each.

    `crps`: ranked probability score over counts (Epstein 1969), the CRPS of a discrete forecast; `square`: squared
    error of the mean; `absolute`: absolute error of the median; `empty`, `full`: the probability given to an empty
    (full) station, `was_empty`, `was_full` whether it was so (NaN where docks were not observed); `pit`: randomised
    probability integral transform (Czado, Gneiting, Held 2009), uniform for a calibrated forecast.
    """

    crps: Floats
    square: Floats
    absolute: Floats
    empty: Floats
    full: Floats
    was_empty: Floats
    was_full: Floats
    pit: Floats

    def take(self, rows: npt.NDArray[np.integer] | Bools) -> RowScores:
        """Some of the rows."""
        return RowScores(*(getattr(self, field.name)[rows] for field in fields(self)))


def score_rows(forecast: Distribution, bikes: Floats, docks: Floats, *, seed: int = 0) -> RowScores:
    """Score R distributions by the bikes and docks float32[R] that came true; all bikes known."""
    cdf = forecast.cdf
    column = np.clip(bikes - forecast.now, -REACH, REACH).astype(np.int64) + REACH
    step = np.arange(WIDTH) >= column[:, None]
    crps = np.square(cdf - step).sum(axis=1)
    below = np.where(column > 0, np.take_along_axis(cdf, np.maximum(column - 1, 0)[:, None], axis=1)[:, 0], 0)
    upto = np.take_along_axis(cdf, column[:, None], axis=1)[:, 0]
    luck = np.random.default_rng(seed).random(len(bikes), np.float32)
    return RowScores(
        crps=crps,
        square=np.square(bikes - forecast.mean()),
        absolute=np.abs(bikes - forecast.quantile(0.5)),
        empty=1 - forecast.p_bike(),
        full=1 - forecast.p_dock(),
        was_empty=(bikes == 0).astype(np.float32),
        was_full=np.where(np.isnan(docks), np.float32(np.nan), docks == 0).astype(np.float32),
        pit=(below + luck * (upto - below)).astype(np.float32),
    )


def interval_coverage(scored: RowScores) -> Floats:
    """Whether each row fell into the 80 % interval, 0 or 1, by its randomised PIT: fair to discrete counts."""
    return ((scored.pit > LOW) & (scored.pit < HIGH)).astype(np.float32)


def brier(chance: Floats, event: Floats) -> Floats:
    """Squared error of a probability, row by row (Brier 1950); NaN where the event is unknown."""
    error: Floats = np.square(chance - event)
    return error


def mean_scores(scored: RowScores) -> dict[str, float]:
    """The means of all scores, by the names that a backtest's JSON carries."""
    return {
        "crps": _mean(scored.crps),
        "rmse": float(np.sqrt(_mean(scored.square))),
        "mae_median": _mean(scored.absolute),
        "brier_empty": _mean(brier(scored.empty, scored.was_empty)),
        "brier_full": _mean(brier(scored.full, scored.was_full)),
        "auc_empty": roc_auc(scored.empty, scored.was_empty),
        "auc_full": roc_auc(scored.full, scored.was_full),
        "coverage80": _mean(interval_coverage(scored)),
        "rows": float(len(scored.crps)),
    }


def _mean(values: Floats) -> float:
    observed = values[~np.isnan(values)]
    return float(observed.mean(dtype=np.float64)) if len(observed) else float("nan")
