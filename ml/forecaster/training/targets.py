"""Targets: the counts at each horizon after a poll, matched on real timestamps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats, Ints
from forecaster.window import Window


def tolerance(minutes: int) -> int:
    """How many seconds a poll may lie beside the target time and still count as that time."""
    return max(150, min(minutes * 60 // 5, 300))


def match_polls(times: Ints, at: Ints, minutes: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """For rows `at` of `times` the row of the poll nearest to `minutes` later, and whether it is near enough."""
    wanted = times[at] + minutes * 60
    after = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(wanted - times[before] <= times[after] - wanted, before, after)
    return nearest, (np.abs(times[nearest] - wanted) <= tolerance(minutes)) & (nearest > at)


def targets(window: Window, at: Ints, horizons: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Bikes and docks float32[A, N, H] at each horizon (minutes) after rows `at`; NaN where nothing was observed."""
    bikes, docks = [], []
    for minutes in horizons:
        rows, good = match_polls(window.times, at, minutes)
        bikes.append(np.where(good[:, None], window.bikes[rows], np.float32(np.nan)))
        docks.append(np.where(good[:, None], window.docks[rows], np.float32(np.nan)))
    return np.stack(bikes, axis=-1), np.stack(docks, axis=-1)
