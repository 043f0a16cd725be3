"""Baselines that a model has to beat: persistence, a transition table, the hour-of-week mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import REACH, WIDTH, Distribution, bounded, unchanged
from forecaster.features import FEATURES
from forecaster.model.forecast_model import ceiling_of
from forecaster.training.sampling import Sample

TABLE_STRENGTH = 60.0  # rows that the count alone counts for beside count and block
BLOCK_MINUTES = 240

_COLUMN = {name: i for i, name in enumerate(FEATURES)}


def persistence(sample: Sample, _minutes: int) -> Distribution:
    """The count stays as it is, with certainty."""
    return unchanged(sample.now, sample.x[:, _COLUMN["docks"]])


def profile(sample: Sample, minutes: int) -> Distribution:
    """The hour-of-week mean, surely; between two counts it is shared out so that the mean is kept."""
    ahead = np.clip(minutes / 60, 0, 1)
    usual, later = sample.x[:, _COLUMN["usual_bikes"]], sample.x[:, _COLUMN["usual_bikes_60"]]
    change = usual + np.float32(ahead) * (later - usual) - sample.now
    cdf = np.clip(np.arange(WIDTH) - REACH + 1 - change[:, None], 0, 1).astype(np.float32)
    return _from(cdf, sample)


@dataclass(frozen=True, slots=True)
class TransitionTable:
    """P(count later | count now, four-hour block of the day), shrunk to P(count later | count now): `share`
    float64[H, 6, counts, counts] for H `horizons` (minutes)."""

    horizons: tuple[int, ...]
    share: npt.NDArray[np.float64]

    def __call__(self, sample: Sample, minutes: int) -> Distribution:
        """Forecasts of the rows at one horizon."""
        counts = self.share.shape[-1]
        now = np.minimum(sample.now, counts - 1).astype(np.int64)
        later = self.share[self.horizons.index(minutes), _block(sample), now]
        upto = np.concatenate([np.zeros((len(later), 1)), np.cumsum(later, axis=1)], axis=1)
        column = np.clip(now[:, None] + np.arange(WIDTH) - REACH + 1, 0, counts)
        return _from(np.take_along_axis(upto, column, axis=1).astype(np.float32), sample)


def fit_transition_table(sample: Sample, horizons: tuple[int, ...]) -> TransitionTable:
    """The table of training rows."""
    counts = int(np.nanmax([np.nanmax(sample.now), np.nanmax(sample.bikes)])) + 1
    shares = []
    for later in sample.bikes.T:
        observed = ~np.isnan(later)
        seen = np.zeros((24 * 60 // BLOCK_MINUTES, counts, counts))
        place = _block(sample)[observed], sample.now[observed].astype(np.int64), later[observed].astype(np.int64)
        np.add.at(seen, place, 1)
        alone = seen.sum(axis=0) + np.eye(counts)
        alone /= alone.sum(axis=1, keepdims=True)
        shares.append((seen + TABLE_STRENGTH * alone) / (seen.sum(axis=2, keepdims=True) + TABLE_STRENGTH))
    return TransitionTable(horizons, np.stack(shares))


def _block(sample: Sample) -> npt.NDArray[np.int64]:
    return (sample.x[:, _COLUMN["minute"]] // BLOCK_MINUTES).astype(np.int64)


def _from(cdf: Floats, sample: Sample) -> Distribution:
    docks = sample.x[:, _COLUMN["docks"]]
    most = np.full(len(sample), np.nan, np.float32)
    return bounded(cdf, sample.now, docks, ceiling_of(sample.x, most))
