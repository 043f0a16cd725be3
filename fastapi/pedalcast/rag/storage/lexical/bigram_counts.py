"""In how many chunks each character bigram occurs, by hash."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_BUCKETS = 1 << 20


class BigramCounts:
    """Counts of the buckets that occur, sorted; all others are 0.

    >>> counts = BigramCounts()
    >>> counts.add(["자전거", "자전거 반납"])
    >>> counts.of(bigrams("자전")).tolist()
    [2]
    """

    def __init__(self) -> None:
        self._buckets = np.empty(0, np.int32)
        self._counts = np.empty(0, np.int32)

    def add(self, texts: Iterable[str]) -> None:
        """Count texts, each bigram once a text."""
        found = [np.unique(bigrams(text)).astype(np.int32) for text in texts]
        if not found:
            return
        buckets, counts = np.unique(np.concatenate(found), return_counts=True)
        merged, where = np.unique(np.concatenate([self._buckets, buckets]), return_inverse=True)
        total = np.zeros(len(merged), np.int32)
        np.add.at(total, where, np.concatenate([self._counts, counts.astype(np.int32)]))
        self._buckets, self._counts = merged, total

    def of(self, buckets: NDArray[np.int64]) -> NDArray[np.int32]:
        """The counts of some buckets."""
        if not len(self._buckets):
            return np.zeros(len(buckets), np.int32)
        at = np.searchsorted(self._buckets, buckets).clip(max=len(self._buckets) - 1)
        counts: NDArray[np.int32] = np.where(self._buckets[at] == buckets, self._counts[at], 0)
        return counts

    @property
    def size(self) -> int:
        """Bytes taken."""
        return self._buckets.nbytes + self._counts.nbytes


def bigrams(text: str) -> NDArray[np.int64]:
    """The buckets of the text's character bigrams, white space left out, in order."""
    return bigrams_at(text)[0]


def bigrams_at(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The buckets of the text's character bigrams, white space left out, and where each begins."""
    codes = np.frombuffer(text.lower().encode("utf-32-le"), "<u4").astype(np.int64)
    if len(codes) != len(text):  # a letter whose lower case is two characters: keep the offsets true
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.int64)
    at = np.flatnonzero((codes > 32) & (codes != 160) & (codes != 0x3000))
    codes = codes[at]
    return ((codes[:-1] * 31_337 + codes[1:]) * 2_654_435_761 >> 12) & (_BUCKETS - 1), at[:-1]
