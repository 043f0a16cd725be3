"""The forecast that needs no training: the last value, with a spread learned from the window at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import CHANGES, REACH, WIDTH, Distribution, bounded
from forecaster.features.lookback import last_known
from forecaster.model.forecast import Forecast, forecast_from_distribution
from forecaster.training.targets import targets
from forecaster.window import Window

STRENGTH = 200.0  # changes that the first guess counts for
PAIRS = 24  # polls whose later counts are looked at
# Share of stations unchanged after so many minutes, over recorded cities: the guess before anything was seen. That of a
# day is only for outages, and rather too small: after them nobody knows.
_UNCHANGED = ((10, 0.79), (30, 0.60), (60, 0.50), (240, 0.30), (1440, 0.12))


@dataclass(frozen=True, slots=True)
class Persistence:
    """The last value stays, give or take what counts were just seen to change by over the same time."""

    horizons: tuple[int, ...] = (10, 20, 30, 60)
    name: str = "persistence"

    def features(self, window: Window) -> Floats:
        """Bikes, docks and ceiling float32[N, 3] at the window's last poll."""
        at = np.array([len(window.times) - 1])
        bikes, docks = last_known(window, at, window.bikes)[0], last_known(window, at, window.docks)[0]
        capacity = window.stations.capacity.astype(np.float32)
        return np.column_stack([bikes, docks, np.fmax(capacity, bikes + docks)])

    def distribution(self, window: Window) -> Distribution:
        """Distributions of all stations; rows are the horizons in turn, each with all stations."""
        now, docks, ceiling = self.features(window).T
        cdf = np.repeat(np.cumsum(self._spread(window), axis=1).astype(np.float32), len(now), axis=0)
        count = len(self.horizons)
        return bounded(cdf, np.tile(now, count), np.tile(docks, count), np.tile(ceiling, count))

    def predict(self, window: Window) -> Forecast:
        """Forecasts of all stations from the window's last poll, at least one poll long."""
        return forecast_from_distribution(self.distribution(window), self.horizons)

    def _spread(self, window: Window) -> npt.NDArray[np.float64]:
        """P(change) by horizon, float64[H, WIDTH], the same either way so that the last value stays the middle."""
        at = np.unique(np.linspace(0, len(window.times) - 1, PAIRS).astype(np.int64))
        later, _ = targets(window, at, self.horizons)
        change = later - window.bikes[at][..., None]
        shares = []
        for horizon, minutes in enumerate(self.horizons):
            observed = change[..., horizon][~np.isnan(change[..., horizon])]
            counts = np.bincount(np.clip(np.abs(observed), 0, REACH).astype(np.int64), minlength=REACH + 1)
            both = np.concatenate([counts[:0:-1] / 2, counts[:1], counts[1:] / 2])
            shares.append((both + STRENGTH * usual_spread(minutes)) / (both.sum() + STRENGTH))
        return np.stack(shares)


def usual_spread(minutes: int) -> npt.NDArray[np.float64]:
    """A two-sided geometric spread with the usual share of unchanged stations, float64[WIDTH]."""
    observed, shares = zip(*_UNCHANGED, strict=True)
    unchanged = float(np.interp(np.log(minutes), np.log(observed), shares))
    tail = np.where(CHANGES == 0, 0, (1 - unchanged) ** np.abs(CHANGES))
    guess: npt.NDArray[np.float64] = np.where(CHANGES == 0, unchanged, (1 - unchanged) * tail / tail.sum())
    return guess.reshape(WIDTH)
