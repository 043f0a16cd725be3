"""Drift: whether the inputs still lie where they lay in training (population stability index).

The population stability index compares how a feature's values lie now with how they lay in training: the sum over bins
of (now - then) * ln(now / then) (Siddiqi, Credit Risk Scorecards, 2006); below 0.1 nothing has changed, above 0.25
much has. Bins are the training's deciles, and one for missing values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from forecaster.arrays import Floats, Ints
from forecaster.features import FEATURES
from forecaster.features.feature_names import CLOCK

FILE = "reference.json"  # in a model's bundle
DECILES = np.linspace(0.1, 0.9, 9)
BINS = len(DECILES) + 2  # between and beyond the deciles, and missing
ROWS = 100_000  # of training rows that a reference is made from
SHARE_FLOOR = 1e-3  # least share of a bin: an empty one would make the index infinite
LARGE_PSI = 0.25


@dataclass(frozen=True, slots=True)
class DriftReference:
    """How F features lay in training: `edges` float64[F, 9] (deciles) and `shares` float64[F, BINS]."""

    features: tuple[str, ...]
    edges: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]

    @classmethod
    def of(cls, x: Floats, *, seed: int = 0) -> DriftReference:
        """The reference of training rows float32[R, F]."""
        rows = np.random.default_rng(seed).permutation(len(x))[:ROWS]
        chosen = x[rows].astype(np.float64)
        with np.errstate(all="ignore"):
            edges = np.stack([_deciles(column) for column in chosen.T])
        reference = cls(FEATURES, edges, np.zeros((len(FEATURES), BINS)))
        return cls(FEATURES, edges, reference.count(x[rows]) / max(len(rows), 1))

    def count(self, x: Floats) -> Ints:
        """In which bins rows float32[R, F] lie: int64[F, BINS]."""
        counts = np.zeros((len(self.features), BINS), np.int64)
        for feature, column in enumerate(x.T):
            observed = column[~np.isnan(column)]
            place = np.searchsorted(self.edges[feature], observed, side="right")
            counts[feature, : BINS - 1] = np.bincount(place, minlength=BINS - 1)
            counts[feature, -1] = len(column) - len(observed)
        return counts

    def psi(self, counts: Ints) -> dict[str, float]:
        """The index of each feature, those of the clock left out. Empty without any rows."""
        if not counts.sum():
            return {}
        now = np.maximum(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), SHARE_FLOOR)
        then = np.maximum(self.shares, SHARE_FLOOR)
        index = ((now - then) * np.log(now / then)).sum(axis=1)
        return {name: float(value) for name, value in zip(self.features, index, strict=True) if name not in CLOCK}

    def to_json(self) -> bytes:
        """As it lies in the bundle."""
        raw = {"features": self.features, "edges": self.edges, "shares": self.shares}
        return orjson.dumps(raw, option=orjson.OPT_SERIALIZE_NUMPY)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> DriftReference | None:
        """The reference in a bundle's files; None where it has none, or one of other features."""
        if FILE not in files:
            return None
        raw = orjson.loads(files[FILE])
        if tuple(raw["features"]) != FEATURES:
            return None
        return cls(FEATURES, np.array(raw["edges"], np.float64), np.array(raw["shares"], np.float64))


def _deciles(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    observed = column[~np.isnan(column)]
    deciles: npt.NDArray[np.float64] = np.quantile(observed, DECILES) if len(observed) else np.zeros(len(DECILES))
    return deciles
