"""How good forecasts were, beside the last value's."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from forecaster.window import Floats
from pedalcast.forecasts.pending import Pending


@dataclass(frozen=True, slots=True)
class Outcome:
    """One horizon of one run, matched: `bikes` and `docks`, float32[N], were observed at `observed_at` (epoch seconds).

    NaN where the station was not seen. `at` is the horizon's place in `pending`.
    """

    pending: Pending
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


@dataclass(frozen=True, slots=True)
class Scores:
    """Sums over `count` forecasts, `brier_full` over the `docked` ones whose free docks are known.

    `absolute` is the median's error, which no other count can better on average; `squared` that of the expected bikes.
    `last_…` is persistence: the count does not change, and is sure of it.
    """

    count: int = 0
    absolute: float = 0.0
    squared: float = 0.0
    brier_empty: float = 0.0
    brier_full: float = 0.0
    covered: int = 0  # observed within low … high
    last_absolute: float = 0.0
    last_squared: float = 0.0
    last_brier_empty: float = 0.0
    last_brier_full: float = 0.0
    docked: int = 0

    def __add__(self, other: Scores) -> Scores:
        return Scores(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def lift(self) -> float:
        """The share of persistence's absolute error that the forecast saves; NaN when there is none to save."""
        return 1 - self.absolute / self.last_absolute if self.last_absolute else float("nan")


def score(outcome: Outcome) -> Scores:
    """The scores of the stations that were observed and had a count to start from."""
    made, h = outcome.pending, outcome.at
    seen = np.isfinite(outcome.bikes) & np.isfinite(made.last_bikes) & np.isfinite(made.bikes[h])
    bikes, docks = outcome.bikes[seen].astype(np.float64), outcome.docks[seen].astype(np.float64)
    error, middle = made.bikes[h][seen] - bikes, made.median[h][seen] - bikes
    last_error = made.last_bikes[seen] - bikes
    has_bike, has_dock = bikes >= 1, docks >= 1
    docked = np.isfinite(docks) & np.isfinite(made.last_docks[seen])
    return Scores(
        count=int(seen.sum()),
        absolute=float(np.abs(middle).sum()),
        squared=float(np.square(error).sum()),
        brier_empty=float(np.square(made.p_bike[h][seen] - has_bike).sum()),
        brier_full=float(np.square(made.p_dock[h][seen] - has_dock)[docked].sum()),
        covered=int(((made.low[h][seen] <= bikes) & (bikes <= made.high[h][seen])).sum()),
        last_absolute=float(np.abs(last_error).sum()),
        last_squared=float(np.square(last_error).sum()),
        last_brier_empty=float(((made.last_bikes[seen] >= 1) != has_bike).sum()),
        last_brier_full=float(((made.last_docks[seen] >= 1) != has_dock)[docked].sum()),
        docked=int(docked.sum()),
    )
