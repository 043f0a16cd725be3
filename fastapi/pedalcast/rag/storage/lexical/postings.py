"""BM25 (Okapi) over an inverted index: in-place updates, no loop over the documents."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from forecaster.arrays import Doubles


class Postings:
    """BM25 over numbered terms; documents are known by their row and can be added and removed at any time.

    The package rank-bm25 looks at every document for every term of a query, which is 50 ms at 10,000 chunks; here each
    term keeps the list of its documents. The scores are the same: the tests compare them with that package's. The idf
    is log(1 + (N - df + 0.5) / (df + 0.5)), as in Lucene: Okapi's own falls below zero for terms in more than half of
    the documents, which in a dozen help texts is most.
    Removed documents keep their slot until the index is built afresh.
    """

    def __init__(self, k1: float = 1.5, b: float = 0.75) -> None:
        self.k1, self.b = k1, b
        self.corpus_size = 0
        self.rows = array("q")  # slot -> row, -1 once removed
        self.lengths = array("l")  # slot -> terms in the document
        self.slots: dict[int, int] = {}  # row -> slot
        self.vocabulary: dict[int, int] = {}  # term -> its place in the three below
        self.frequencies = array("l")  # in how many living documents the term is
        self.lists: list[array[int]] = []  # slots that hold the term
        self.counts: list[array[int]] = []  # how often
        self._cache: tuple[NDArray[np.int64], Doubles, float, float] | None = None

    def add(self, row: int, terms: NDArray[np.int64]) -> None:
        """Add a document's terms, repeated as often as they occur, under a row not yet known."""
        slot = len(self.rows)
        self.rows.append(row)
        self.slots[row] = slot
        self.lengths.append(len(terms))
        for term, count in zip(*np.unique(terms, return_counts=True), strict=True):
            place = self.vocabulary.setdefault(int(term), len(self.lists))
            if place == len(self.lists):
                self.lists.append(array("l"))
                self.counts.append(array("H"))
                self.frequencies.append(0)
            self.lists[place].append(slot)
            self.counts[place].append(min(int(count), 65_535))
            self.frequencies[place] += 1
        self.corpus_size += 1
        self._cache = None

    def remove(self, row: int, terms: NDArray[np.int64]) -> None:
        """Remove a document, given the terms it was added with. An unknown row is ignored."""
        slot = self.slots.pop(row, None)
        if slot is None:
            return
        self.rows[slot] = -1
        for term in np.unique(terms):
            self.frequencies[self.vocabulary[int(term)]] -= 1
        self.corpus_size -= 1
        self._cache = None

    def knows(self, term: int) -> bool:
        """Whether any document holds the term."""
        place = self.vocabulary.get(term, -1)
        return place >= 0 and self.frequencies[place] > 0

    def idf_of(self, terms: Sequence[int]) -> Doubles:
        """The idf of each term; of one in no document, the largest there can be."""
        _, idf, _, unseen = self._statistics()
        places = [self.vocabulary.get(term, -1) for term in terms]
        return np.array([idf[p] if p >= 0 and self.frequencies[p] else unseen for p in places])

    def get_scores(self, query: Iterable[int]) -> Doubles:
        """The BM25 score of every slot for the query's terms; removed documents score 0."""
        rows, idf, average, _ = self._statistics()
        scores = np.zeros(len(rows))
        if not self.corpus_size:
            return scores
        for term in query:
            place = self.vocabulary.get(term, -1)
            if place < 0:
                continue
            slots, tf = np.frombuffer(self.lists[place], np.int64), np.frombuffer(self.counts[place], np.uint16)
            norm = self.k1 * (1 - self.b + self.b * self._lengths[slots] / average)
            scores[slots] += idf[place] * (tf * (self.k1 + 1) / (tf + norm))
        scores[rows < 0] = 0.0
        return scores

    def get_batch_scores(self, query: Iterable[int], doc_ids: Sequence[int]) -> Doubles:
        """The scores of these rows; unknown rows score 0."""
        scores = np.append(self.get_scores(query), 0.0)
        return scores[[self.slots.get(row, -1) for row in doc_ids]]

    def top(self, query: Iterable[int], n: int, allowed: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """The `n` best rows with their scores, best first, of those `allowed`; rows that score 0 are left out."""
        scores = self.get_scores(query)
        rows = self._statistics()[0]
        if allowed is not None:
            scores[~np.isin(rows, allowed)] = 0.0
        best = np.argpartition(-scores, n)[:n] if n < len(scores) else np.arange(len(scores))
        best = best[np.lexsort((rows[best], -scores[best]))]
        return [(int(rows[slot]), float(scores[slot])) for slot in best if scores[slot] > 0]

    def _statistics(self) -> tuple[NDArray[np.int64], Doubles, float, float]:
        """Rows, idf by place, average length, idf of an unseen term; worked out after a change, then kept."""
        if self._cache is None:
            rows = np.array(self.rows, np.int64)
            self._lengths = np.array(self.lengths, np.float64)
            average = float(self._lengths[rows >= 0].mean()) if self.corpus_size else 1.0
            df = np.array(self.frequencies, np.float64)
            idf = np.log1p((self.corpus_size - df + 0.5) / (df + 0.5))
            unseen = float(np.log1p((self.corpus_size + 0.5) / 0.5))
            self._cache = rows, idf, average, unseen
        return self._cache

    @property
    def size(self) -> int:
        """Bytes taken, estimated: 10 an entry of a list, 300 a term, 100 a document."""
        entries = sum(map(len, self.lists))
        return 10 * entries + 300 * len(self.lists) + 100 * len(self.rows)
