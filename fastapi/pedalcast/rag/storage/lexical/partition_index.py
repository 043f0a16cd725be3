"""The inverted index of one partition: a bot's chunks of one language, bodies or paraphrases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.storage.lexical.bigram_counts import BigramCounts
from pedalcast.rag.storage.lexical.postings import Postings
from pedalcast.rag.text.chunk import Chunk


class PartitionKey(NamedTuple):
    """Whose chunks, in which language, bodies or paraphrases."""

    bot: str
    lang: str
    is_paraphrase: bool


class PartitionIndex:
    """Postings, and for Korean the counts of character bigrams."""

    def __init__(self) -> None:
        self.postings = Postings()
        self._bigrams = BigramCounts()

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Add chunks of this partition."""
        for chunk in chunks:
            self.postings.add(chunk.row, chunk.index_keys())
        self._bigrams.add(chunk.text for chunk in chunks if chunk.lang == "ko")

    def bigram_idf(self, buckets: NDArray[np.int64]) -> NDArray[np.float64]:
        """The idf of character bigrams."""
        df = self._bigrams.of(buckets)
        idf: NDArray[np.float64] = np.log1p((self.postings.corpus_size - df + 0.5).clip(min=0.5) / (df + 0.5))
        return idf

    @property
    def size(self) -> int:
        """Bytes taken, estimated."""
        return self.postings.size + self._bigrams.size
