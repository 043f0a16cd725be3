"""The peer: a plain LightGBM classifier of the change, 13 classes, one model a horizon, untuned."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from forecaster.arrays import Floats
from forecaster.distribution import REACH, WIDTH, Distribution, bounded
from forecaster.features import FEATURES
from forecaster.model.boosting import ProgressCallback, ignore_progress
from forecaster.model.forecast_model import ceiling_of
from forecaster.training.sampling import Sample

OUTERMOST = 6  # changes beyond this many bikes share a class either way
CLASSES = 2 * OUTERMOST + 1
ROUNDS, LEAVES, RATE = 120, 31, 0.1

_LAGS = ("change_5", "change_10", "change_15", "change_20", "change_30", "change_45", "change_60", "change_120")
_OWN = ("bikes", "docks", *_LAGS, "minute", "weekday", "capacity", "in_60", "out_60", "system_in_30", "system_out_30")
_YESTERDAY = ("yesterday_10", "yesterday_30", "yesterday_60")
_COLUMNS = [FEATURES.index(name) for name in (*_OWN, *_YESTERDAY)]


@dataclass(frozen=True, slots=True)
class LightgbmBaseline:
    """One booster a horizon, and how the outer classes' changes lie: float64[H, WIDTH, CLASSES]."""

    horizons: tuple[int, ...]
    boosters: tuple[lgb.Booster, ...]
    within: tuple[Floats, ...]

    def __call__(self, sample: Sample, minutes: int) -> Distribution:
        """Forecasts of the rows at one horizon."""
        horizon = self.horizons.index(minutes)
        share = np.asarray(self.boosters[horizon].predict(_feature_columns(sample), num_threads=1), np.float32)
        cdf = share @ self.within[horizon]
        most = np.full(len(sample), np.nan, np.float32)
        docks = sample.x[:, FEATURES.index("docks")]
        return bounded(cdf, sample.now, docks, ceiling_of(sample.x, most))


def fit_lightgbm_baseline(
    sample: Sample, horizons: tuple[int, ...], *, on_progress: ProgressCallback = ignore_progress
) -> LightgbmBaseline:
    """The peer, fitted to the sample."""
    boosters, within = [], []
    for horizon, minutes in enumerate(horizons):
        change = sample.bikes[:, horizon] - sample.now
        observed = ~np.isnan(change)
        boosters.append(_grow(_feature_columns(sample)[observed], change[observed]))
        within.append(_change_given_class(change[observed]))
        on_progress(f"growing the peer for {minutes} minutes", (horizon + 1) / len(horizons))
    return LightgbmBaseline(horizons, tuple(boosters), tuple(within))


def _feature_columns(sample: Sample) -> Floats:
    return np.column_stack([sample.x[:, _COLUMNS], sample.week_ago, sample.stations.astype(np.float32)])


def _grow(x: Floats, change: Floats) -> lgb.Booster:
    classes = np.clip(change, -OUTERMOST, OUTERMOST) + OUTERMOST
    settings = {
        "objective": "multiclass",
        "num_class": CLASSES,
        "num_leaves": LEAVES,
        "learning_rate": RATE,
        "min_data_in_leaf": 100,  # with fewer rows the outermost classes run away
        "max_bin": 63,
        "num_threads": 1,
        "verbose": -1,
    }
    return lgb.train(settings, lgb.Dataset(x, classes, params={"verbose": -1}), ROUNDS)


def _change_given_class(change: Floats) -> Floats:
    """P(change <= c | class), float32[CLASSES, WIDTH]: whole for the inner classes, as in training for the outer."""
    column = np.clip(change, -REACH, REACH).astype(np.int64) + REACH
    counts = np.zeros((CLASSES, WIDTH))
    np.add.at(counts, (np.clip(column - REACH, -OUTERMOST, OUTERMOST) + OUTERMOST, column), 1)
    counts[np.arange(CLASSES), np.arange(CLASSES) - OUTERMOST + REACH] += 1e-9
    return np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1).astype(np.float32)
