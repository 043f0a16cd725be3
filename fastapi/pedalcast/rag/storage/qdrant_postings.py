"""BM25 beyond memory: the statistics stay here, the lists of which chunk holds which term lie in Qdrant.

A chunk's sparse vector holds its terms' BM25 weights without the idf; the query's vector holds the idf, which changes
with every chunk. The average length inside a weight is that of the time of writing, so the store only proposes: what
it finds is scored anew from the chunks' own terms, exactly as `Postings` scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from forecaster.arrays import Doubles
from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.postings import Postings
from pedalcast.rag.storage.sparse_vectors import SparsePoint, SparseVectors
from pedalcast.rag.text.chunk import Chunk

_PROPOSED = 3  # times as many as wanted
_BATCH = 256


class QdrantPostings(Postings):
    """`Postings` whose lists lie in `vectors`, under the partition's `fields`. Writes are gathered until `flush`."""

    def __init__(self, statistics: Postings, vectors: SparseVectors, store: ChunkStore, fields: dict[str, str]) -> None:
        super().__init__(statistics.k1, statistics.b)
        self.corpus_size = statistics.corpus_size
        self.rows, self.lengths, self.slots = statistics.rows, statistics.lengths, statistics.slots
        self.vocabulary, self.frequencies = statistics.vocabulary, statistics.frequencies
        self._vectors, self._store, self._fields = vectors, store, fields
        self._terms = sum(length for length, row in zip(self.lengths, self.rows, strict=True) if row >= 0)
        self._waiting: list[SparsePoint] = []

    def add(self, row: int, terms: NDArray[np.int64]) -> None:
        """Count a document; `send` its chunk for it to be found."""
        self.slots[row] = len(self.rows)
        self.rows.append(row)
        self.lengths.append(len(terms))
        for term in np.unique(terms).tolist():
            place = self.vocabulary.setdefault(term, len(self.frequencies))
            if place == len(self.frequencies):
                self.frequencies.append(0)
            self.frequencies[place] += 1
        self._terms += len(terms)
        self.corpus_size += 1
        self._cache = None

    def remove(self, row: int, terms: NDArray[np.int64]) -> None:
        """Count a document no more. An unknown row is ignored. Its vector is deleted with the chunk's others."""
        self._terms -= len(terms) if row in self.slots else 0
        super().remove(row, terms)

    def send(self, chunk: Chunk) -> None:
        """Let a chunk that is counted be found, at the latest after `flush`."""
        keys, counts = np.unique(chunk.index_keys(), return_counts=True)
        weights: dict[int, float] = {}
        for key, weight in zip(keys.tolist(), self._weights(counts, int(counts.sum())).tolist(), strict=True):
            weights[_short(key)] = weights.get(_short(key), 0.0) + weight
        self._waiting.append(SparsePoint(chunk.uid, self._fields, weights))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            self._vectors.put(self._waiting)
            self._waiting = []

    def get_batch_scores(self, query: Iterable[int], doc_ids: Sequence[int]) -> Doubles:
        """The scores of these rows, from their chunks' terms; unknown rows score 0."""
        terms = np.array(list(query), np.int64)
        idf = self.idf_of(terms.tolist())
        scores = {c.row: self._score(c.index_keys(), terms, idf) for c in self._store.chunks(doc_ids)}
        return np.array([scores.get(row, 0.0) if row in self.slots else 0.0 for row in doc_ids])

    def top(self, query: Iterable[int], n: int, allowed: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """The `n` best rows with their scores, best first, of those `allowed`; rows that score 0 are left out."""
        self.flush()
        terms = [term for term in query if self.knows(term)]
        if not terms or (allowed is not None and not len(allowed)):
            return []
        weights = dict(zip(map(_short, terms), self.idf_of(terms).tolist(), strict=True))
        only = None if allowed is None else self._store.uids(allowed.tolist())
        uids = self._vectors.nearest(weights, self._fields, _PROPOSED * n, only)
        rows = self._store.rows_by_uid(uids)
        scored = zip(rows, self.get_batch_scores(terms, rows).tolist(), strict=True)
        return sorted(((row, score) for row, score in scored if score > 0), key=lambda hit: (-hit[1], hit[0]))[:n]

    def _score(self, keys: NDArray[np.int64], terms: NDArray[np.int64], idf: Doubles) -> float:
        counts = (keys[:, None] == terms[None, :]).sum(axis=0)
        return float(idf @ self._weights(counts, len(keys)))

    def _weights(self, counts: NDArray[np.int64], length: int) -> Doubles:
        average = self._terms / max(1, self.corpus_size)
        norm = self.k1 * (1 - self.b + self.b * length / max(average, 1e-9))
        weights: Doubles = counts * (self.k1 + 1) / (counts + norm)
        return weights


def _short(term: int) -> int:
    """32 bits of a term's number, which is all Qdrant takes. Two terms that share them are told apart when scored."""
    return term & 0xFFFF_FFFF
