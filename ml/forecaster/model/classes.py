"""Changes of a count as classes: single bikes near zero, ever wider bands further out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import CHANGES, REACH, WIDTH

EDGES = np.array([-14.5, -9.5, -6.5, -4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 6.5, 9.5, 14.5])
CLASSES = len(EDGES) + 1
MIDDLE = np.array([-17, -11.5, -8, -5.5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5.5, 8, 11.5, 17], np.float32)
UNKNOWN = -1


def class_of(change: Floats) -> npt.NDArray[np.int64]:
    """The class of each change, `UNKNOWN` where it is NaN; any shape."""
    return np.where(np.isnan(change), UNKNOWN, np.searchsorted(EDGES, change))


def spread(change: Floats) -> Floats:
    """How the changes of one horizon lie within their classes: P(change <= c | class), float32[CLASSES, WIDTH]."""
    observed = change[~np.isnan(change)]
    counts = np.zeros((CLASSES, WIDTH))
    columns = np.clip(observed, -REACH, REACH).astype(np.int64) + REACH
    np.add.at(counts, (class_of(observed), columns), 1)
    counts[class_of(CHANGES), np.arange(WIDTH)] += 1e-6  # a class never seen is even
    return np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1).astype(np.float32)
