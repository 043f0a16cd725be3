"""Temperature scaling: calibrates a model's certainty on time that its trial was not trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.model.classes import CLASSES, UNKNOWN
from forecaster.model.objective import softmax

# Never above 1: calibration only lowers certainty.
STEPS = np.linspace(0.8, 1.0, 21).astype(np.float32)


def fit_temperatures(margins: Floats, classes: npt.NDArray[np.int64]) -> Floats:
    """The factor on margins float32[R, H * CLASSES] that makes classes int64[R, H] likeliest, float32[H].

    Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017) by horizon: drift after the training time
    makes a model overconfident, which is measured on rows later than its training. Half of the correction is applied: a
    trial is trained on less data than the final model, and is more overconfident for that alone.
    """
    by_horizon = margins.reshape(len(margins), -1, CLASSES)
    return np.array([(1 + _likeliest(by_horizon[:, i], column)) / 2 for i, column in enumerate(classes.T)], np.float32)


def _likeliest(margins: Floats, classes: npt.NDArray[np.int64]) -> float:
    observed = np.flatnonzero(classes != UNKNOWN)
    if not len(observed):
        return 1.0
    likelihood = [
        np.log(softmax(margins[observed] * step)[np.arange(len(observed)), classes[observed]]).mean() for step in STEPS
    ]
    return float(STEPS[int(np.argmax(likelihood))])
