"""Test whether a model is worse than persistence, from forecasts whose target time has passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecaster.arrays import Doubles
from forecaster.scores.bootstrap import resampled_totals
from forecaster.verification.matured import VerificationRow

MEASURES = {"CRPS": ("crps",), "squared error": ("squared",), "Brier score": ("brier_empty", "brier_full")}
RESAMPLES = 2_000
CONFIDENCE = 0.99  # the test is repeated again and again
MIN_LOSS = 0.01  # a smaller share is not worth a rollback
MIN_COVERAGE = 0.8  # share of the window that the forecasts must span


@dataclass(frozen=True, slots=True)
class LossToPersistence:
    """How a model did beside persistence: `loss` is the share by which its error is above persistence's, at least
    `surely` (99 %), at the measure where that is worst; negative where it is below."""

    measure: str
    loss: float
    surely: float
    forecasts: int

    @property
    def lost(self) -> bool:
        return self.surely > MIN_LOSS

    def __str__(self) -> str:
        return f"{self.measure} {self.loss:+.1%} (at least {self.surely:+.1%}) against persistence"


def loss_to_persistence(rows: Sequence[VerificationRow], *, window: timedelta, least: int) -> LossToPersistence | None:
    """The verdict on one model's rows; None where they are fewer than `least` or do not reach over the window.

    The hours of the window are drawn with replacement (the forecasts of an hour fail together), all horizons as one.
    """
    forecasts = sum(row.count for row in rows)
    if forecasts < least or _reach(rows) < MIN_COVERAGE * window:
        return None
    verdicts = [_at(measure, rows, forecasts) for measure, names in MEASURES.items() if _is_kept(rows, names)]
    return max(verdicts, key=lambda verdict: verdict.surely)


def _is_kept(rows: Sequence[VerificationRow], names: tuple[str, ...]) -> bool:
    """Whether all rows have these scores: those kept by older versions have not all."""
    return all(getattr(row, name) is not None for row in rows for name in names)


def _reach(rows: Sequence[VerificationRow]) -> timedelta:
    times = [row.target_at for row in rows]
    return max(times) - min(times)


def _at(measure: str, rows: Sequence[VerificationRow], forecasts: int) -> LossToPersistence:
    sums = _by_hour(rows, MEASURES[measure])
    losses = [_loss(total) for total in resampled_totals(sums, resamples=RESAMPLES)]
    return LossToPersistence(measure, _loss(sums.sum(axis=0)), float(np.quantile(losses, 1 - CONFIDENCE)), forecasts)


def _by_hour(rows: Sequence[VerificationRow], names: tuple[str, ...]) -> Doubles:
    """The model's and persistence's error in each hour, float64[hours, 2]."""
    hours: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        hour = hours[int(row.target_at.timestamp()) // 3600]
        hour[0] += sum(getattr(row, name) for name in names)
        hour[1] += sum(getattr(row, f"last_{name}") for name in names)
    return np.array([hours[hour] for hour in sorted(hours)])


def _loss(sums: Doubles) -> float:
    error, persistence = (float(value) for value in sums)
    return error / persistence - 1 if persistence else (0.0 if error == 0 else 1.0)
