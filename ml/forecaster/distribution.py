"""One coherent distribution of the count at each station and horizon, and everything read off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats

REACH = 40  # changes beyond this many bikes, either way, count as this many
CHANGES = np.arange(-REACH, REACH + 1, dtype=np.float32)
WIDTH = len(CHANGES)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Cumulative distributions of the change from the count now, for R rows.

    `cdf` float32[R, WIDTH] is P(change <= CHANGES[k]), never falling along a row, 1 at its end, with nothing below an
    empty station and nothing above `ceiling`; `now` float32[R] the count it starts from (NaN where unknown: the row's
    statistics are NaN), `docks` float32[R] the free docks now.
    """

    cdf: Floats
    now: Floats
    docks: Floats

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Distribution:
        """Some of the rows."""
        return Distribution(self.cdf[rows], self.now[rows], self.docks[rows])

    def mean(self) -> Floats:
        """Expected count, float32[R]: what the top of the grid leaves of the sum of the cdf."""
        mean: Floats = self.now + np.float32(REACH) - self.cdf[:, :-1] @ np.ones(WIDTH - 1, np.float32)
        return mean

    def quantile(self, share: float) -> Floats:
        """The smallest count whose cumulative probability reaches `share`, float32[R]."""
        first = (self.cdf >= np.float32(share - 1e-6)).argmax(axis=1)
        count: Floats = self.now + CHANGES[first]
        return count

    def at_most(self, count: npt.NDArray[np.floating] | float) -> Floats:
        """P(bikes <= count), float32[R]."""
        return self._cdf_at(count - self.now)

    def p_bike(self) -> Floats:
        """P(at least one bike), float32[R]."""
        return np.where(np.isnan(self.now), np.float32(np.nan), 1 - self.at_most(0.0))

    def p_dock(self) -> Floats:
        """P(at least one free dock), float32[R]: fewer bikes come, net, than there are docks free now."""
        return np.where(np.isnan(self.now + self.docks), np.float32(np.nan), self._cdf_at(self.docks - 1))

    def _cdf_at(self, change: npt.NDArray[np.floating]) -> Floats:
        column = np.nan_to_num(change).astype(np.int64) + REACH
        inside = np.take_along_axis(self.cdf, np.clip(column, 0, WIDTH - 1)[:, None], axis=1)[:, 0]
        return np.where(column < 0, np.float32(0), inside)


def unchanged(now: Floats, docks: Floats) -> Distribution:
    """Persistence without a spread: the count stays as it is, with certainty."""
    cdf = np.broadcast_to(CHANGES >= 0, (len(now), WIDTH)).astype(np.float32)
    return Distribution(cdf, now, docks)


def bounded(cdf: Floats, now: Floats, docks: Floats, ceiling: Floats) -> Distribution:
    """A distribution from unbounded changes: what would fall below 0 lies at 0, what above `ceiling` lies there.

    `cdf` float32[R, WIDTH] is changed in place; a ceiling below the count now is raised to it, NaN is none.
    """
    counts = np.nan_to_num(now)
    top = np.maximum(np.where(np.isnan(ceiling), np.float32(np.inf), ceiling), counts)
    np.minimum(cdf, 1, out=cdf)
    np.multiply(cdf, np.greater_equal(CHANGES, -counts[:, None]), out=cdf)
    np.maximum(cdf, np.greater_equal(CHANGES, (top - counts)[:, None]), out=cdf)
    cdf[:, -1] = 1
    return Distribution(cdf, now, docks)
