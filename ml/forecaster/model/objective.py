"""The loss that trees reduce: the log-likelihood of the class of change at all horizons at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.model.classes import CLASSES, MIDDLE, UNKNOWN

# What a tree's splits look at, instead of every class: which way, whether at all, and how far the count changes.
DIRECTIONS = np.stack([np.sign(MIDDLE) * np.sqrt(np.abs(MIDDLE)), MIDDLE == 0, np.sqrt(np.abs(MIDDLE))], axis=1)
LARGEST = 60.0  # margin: log-shares lie well inside it, and exp of it in float32
SMALLEST = 1e-4  # of a second derivative


class ClassLoss:
    """Softmax loss of R rows with classes int64[R, H] (`UNKNOWN`s are left out) and weights float32[R], one softmax a
    horizon."""

    def __init__(self, classes: npt.NDArray[np.int64], weight: Floats) -> None:
        self._rows, self._horizons = classes.shape
        self._has_class = classes != UNKNOWN
        self._weight = self._has_class * weight[:, None]
        place = np.arange(classes.size).reshape(classes.shape) * CLASSES + classes
        self._hit = place[self._has_class]
        self._classes = np.maximum(classes, 0)
        self._directions = DIRECTIONS.astype(np.float32)

    def __call__(self, margins: Floats, horizon: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Gradient and second derivative by margin, both float32[R, H * CLASSES], and the same along `DIRECTIONS` for
        one horizon, float32[R, 3]: the first pair sets what leaves say, the second where trees split."""
        share = softmax(margins.reshape(-1, CLASSES)).reshape(self._rows, self._horizons, CLASSES)
        along = self._along(share[:, horizon], horizon)
        second = np.maximum(share * (1 - share), np.float32(SMALLEST))
        share.reshape(-1)[self._hit] -= 1
        share *= self._weight[..., None]
        second *= self._weight[..., None]
        return share.reshape(self._rows, -1), second.reshape(self._rows, -1), *along

    def _along(self, share: Floats, horizon: int) -> tuple[Floats, Floats]:
        mean = share @ self._directions
        square = share @ self._directions**2
        weight = self._weight[:, horizon, None]
        gradient = (mean - self._directions[self._classes[:, horizon]]) * weight
        second = np.maximum(square - mean * mean, np.float32(1e-3)) * weight
        return gradient, second


def softmax(margins: Floats) -> Floats:
    """Shares float32[R, CLASSES] of margins; each row sums to 1."""
    share: Floats = np.exp(np.clip(margins, -LARGEST, LARGEST))
    share /= (share @ np.ones(margins.shape[1], np.float32))[:, None]
    return share
