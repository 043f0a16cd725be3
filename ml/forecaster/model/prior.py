"""Where boosting starts: how counts change given bikes and docks now and how busy the station is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.features import FEATURES
from forecaster.model.classes import CLASSES, UNKNOWN

NEAR_END = 8  # from this many bikes (docks) on, the end is too far away to matter
LEVELS = 8  # of busyness
STRENGTH = 30.0  # rows that a prior counts for

_RECENT = [FEATURES.index(name) for name in ("in_60", "out_60")]
_USUAL = [FEATURES.index(name) for name in ("usual_in_60", "usual_out_60")]
_BIKES, _DOCKS = FEATURES.index("bikes"), FEATURES.index("docks")


@dataclass(frozen=True, slots=True)
class Prior:
    """Log-probabilities of the classes, float32[LEVELS, NEAR_END + 1, NEAR_END + 1, H, CLASSES], by busyness (between
    `edges` float32[LEVELS - 1]), bikes and free docks now. It knows that an empty station cannot lose a bike, so the
    trees need not learn it."""

    logits: Floats
    edges: Floats

    def __call__(self, x: Floats) -> Floats:
        """The prior of feature rows float32[R, features]: float32[R, H * CLASSES]."""
        rows: Floats = self.logits[_cell(x, self.edges)]
        return rows.reshape(len(x), -1)


def fit_prior(x: Floats, classes: npt.NDArray[np.int64], weight: Floats) -> Prior:
    """The prior of feature rows float32[R, features] and their classes int64[R, H], each row counting for its
    `weight` float32[R].

    A cell is shrunk to the product of its margins (given bikes, given docks), those to the level's overall shares: a
    Dirichlet prior of `STRENGTH` rows at each step.
    """
    edges = np.quantile(_busyness(x), np.linspace(0, 1, LEVELS + 1)[1:-1]).astype(np.float32)
    level, bikes, docks = _cell(x, edges)
    counts = np.zeros((classes.shape[1], LEVELS, NEAR_END + 1, NEAR_END + 1, CLASSES))
    for horizon, column in enumerate(classes.T):
        observed = column != UNKNOWN
        np.add.at(
            counts[horizon], (level[observed], bikes[observed], docks[observed], column[observed]), weight[observed]
        )
    overall = _share(counts.sum(axis=(2, 3), keepdims=True), 0.5)
    by_bikes = _shrunk(counts.sum(axis=3, keepdims=True), overall)
    by_docks = _shrunk(counts.sum(axis=2, keepdims=True), overall)
    product = by_bikes * by_docks / overall
    shares = _shrunk(counts, product / product.sum(axis=-1, keepdims=True))
    return Prior(np.ascontiguousarray(np.moveaxis(np.log(shares), 0, -2), np.float32), edges)


def _share(counts: npt.NDArray[np.float64], extra: float) -> npt.NDArray[np.float64]:
    filled = counts + extra
    share: npt.NDArray[np.float64] = filled / filled.sum(axis=-1, keepdims=True)
    return share


def _shrunk(counts: npt.NDArray[np.float64], prior: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    share: npt.NDArray[np.float64] = (counts + STRENGTH * prior) / (counts.sum(axis=-1, keepdims=True) + STRENGTH)
    return share


def _busyness(x: Floats) -> Floats:
    """Bikes that came and left in the last hour and usually do; twice the former where nothing is usual yet."""
    recent, usual = np.nan_to_num(x[:, _RECENT]).sum(axis=1), x[:, _USUAL].sum(axis=1)
    busy: Floats = recent + np.where(np.isnan(usual), recent, usual)
    return busy


def _cell(x: Floats, edges: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    bikes = np.minimum(np.nan_to_num(x[:, _BIKES]), NEAR_END).astype(np.int64)
    docks = np.minimum(np.nan_to_num(x[:, _DOCKS], nan=NEAR_END), NEAR_END).astype(np.int64)
    return np.searchsorted(edges, _busyness(x)), np.maximum(bikes, 0), np.maximum(docks, 0)
