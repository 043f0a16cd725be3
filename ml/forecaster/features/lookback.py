"""The last hours of a window, ready to be asked what changed since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats, Ints
from forecaster.features.feature_names import HOLE, LOOKBACK
from forecaster.window import Window


def as_of(times: Ints, wanted: Ints, *, hole: int = HOLE) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """For each wanted time the row of the last poll at or before it, and whether that is at most `hole` seconds older.

    Where there is none the row is 0 and the flag False.
    """
    rows = np.searchsorted(times, wanted, side="right") - 1
    fresh = (rows >= 0) & (wanted - times[np.maximum(rows, 0)] <= hole)
    return np.maximum(rows, 0), fresh


@dataclass(frozen=True, slots=True)
class Lookback:
    """The rows of a window from `LOOKBACK` before the first row asked for, as running totals.

    `came`, `left` float32[S, N]: bikes that came and went up to each row (whole numbers: exact in float32, so that a
    difference is the same wherever the slab begins). `changed` float32[S, N]: seconds from `start` to the last change.
    """

    first: int
    start: int
    times: Ints
    came: Floats
    left: Floats
    changed: Floats

    def rows(self, window_rows: Ints) -> Ints:
        """Rows of the slab for rows of the window; what lies before the slab becomes its first row."""
        return np.maximum(window_rows - self.first, 0)


def lookback_at(window: Window, at: Ints) -> Lookback:
    """The slab that rows `at` (ascending) of the window look back on."""
    earliest = int(window.times[at[0]]) - LOOKBACK - HOLE
    first = max(int(np.searchsorted(window.times, earliest, side="right")) - 1, 0)
    times = window.times[first : at[-1] + 1]
    bikes = window.bikes[first : at[-1] + 1]
    came, left, changed = (np.zeros_like(bikes) for _ in range(3))
    changed[0] = -np.inf
    start = int(times[0])
    # Row by row: running totals down the long axis in one call take three times as long.
    for row in range(1, len(bikes)):
        step = bikes[row] - bikes[row - 1]
        step[np.isnan(step)] = 0
        more = np.maximum(step, 0)
        np.add(came[row - 1], more, out=came[row])
        np.add(left[row - 1], more - step, out=left[row])
        changed[row] = np.where(step != 0, np.float32(times[row] - start), changed[row - 1])
    return Lookback(first, start, times, came, left, changed)


def last_known(window: Window, at: Ints, values: Floats) -> Floats:
    """Values float32[A, N] at rows `at`; where one is missing, the last one within `LOOKBACK` before it, if any."""
    now = values[at]
    columns = np.flatnonzero(np.isnan(now).any(axis=0))
    if not len(columns):
        return now
    first = max(int(np.searchsorted(window.times, window.times[at[0]] - LOOKBACK)), 0)
    slab = values[first : at[-1] + 1, columns]
    row = np.arange(len(slab))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(slab), -1, row), axis=0)[at - first]
    fresh = (last >= 0) & (window.times[at][:, None] - window.times[first + np.maximum(last, 0)] <= LOOKBACK)
    now[:, columns] = np.where(fresh, np.take_along_axis(slab, np.maximum(last, 0), axis=0), np.nan)
    return now
