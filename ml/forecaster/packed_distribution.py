"""Distributions kept until their time comes: a few dozen bytes each, and every score stays what it was.

Most of a cumulative distribution is 0 before the likely changes and 1 after them. Only what lies between is kept, in
65,535ths: scores of recorded cities agree with those of the whole distributions in five digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import REACH, WIDTH

ONE = np.iinfo(np.uint16).max  # stands for certainty


@dataclass(frozen=True, slots=True)
class PackedDistribution:
    """R cumulative distributions on the grid of changes: `first` uint8[R] leading zeros, `size` uint8[R] values between
    0 and 1, and these in turn, `values` uint16[sum(size)]."""

    first: npt.NDArray[np.uint8]
    size: npt.NDArray[np.uint8]
    values: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, cdf: Floats) -> PackedDistribution:
        """Pack float32[R, WIDTH], never falling along a row, 1 at its end."""
        whole = np.rint(cdf * np.float32(ONE)).astype(np.uint16)
        between = (whole > 0) & (whole < ONE)
        return cls((whole == 0).sum(axis=1, dtype=np.uint8), between.sum(axis=1, dtype=np.uint8), whole[between])

    def cdf(self) -> Floats:
        """The distributions, float32[R, WIDTH]."""
        column = np.arange(WIDTH, dtype=np.int16)
        start = self.first.astype(np.int16)[:, None]
        end = start + self.size[:, None]
        cdf = (column >= end).astype(np.float32)
        cdf[(column >= start) & (column < end)] = self.values / np.float32(ONE)
        return cdf

    def at(self, change: Floats) -> Floats:
        """P(change <= `change`) of each row, float32[R], without unpacking; NaN counts as no change."""
        place = np.nan_to_num(change).astype(np.int64) + REACH - self.first
        start = np.cumsum(self.size, dtype=np.int64) - self.size
        inside = (place >= 0) & (place < self.size)
        at: Floats = (place >= self.size).astype(np.float32)
        at[place < 0] = 0
        at[inside] = self.values[(start + place)[inside]] / np.float32(ONE)
        return at

    def to_bytes(self) -> bytes:
        """Little-endian: `first`, `size`, `values`."""
        return self.first.tobytes() + self.size.tobytes() + self.values.astype("<u2").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, rows: int) -> tuple[PackedDistribution, bytes]:
        """The `rows` distributions that `to_bytes` wrote at the beginning of `data`, and what follows them."""
        first, size = np.frombuffer(data, np.uint8, 2 * rows).reshape(2, rows)
        values = np.frombuffer(data, "<u2", int(size.sum()), 2 * rows).astype(np.uint16)
        return cls(first, size, values), data[2 * rows + 2 * len(values) :]
