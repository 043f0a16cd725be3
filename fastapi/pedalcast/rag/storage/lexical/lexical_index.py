"""The lexical indexes: one per bot and language, and one more for its paraphrases, kept apart entirely.

They are built in the process from the stored chunks when a bot is first asked, brought up to date when the bot's
version has changed, and the bots asked longest ago leave when the memory budget is spent.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical.partition_index import PartitionIndex, PartitionKey
from pedalcast.rag.text.chunk import Chunk

BUDGET = 256 << 20
_BATCH = 1000


class BotIndex:
    """The partitions of one bot, at a version of its documents."""

    def __init__(self, store: ChunkStore, bot: str) -> None:
        self._store, self._bot = store, bot
        self.lock = RLock()
        self.version: int | None = None
        self.parts: dict[PartitionKey, PartitionIndex] = {}
        self._partition_of: dict[int, PartitionKey] = {}

    def update(self, version: int) -> bool:
        """Bring it to at least this version. Returns whether there was something to do."""
        if version == self.version:
            return False
        stored = set(self._store.rows_of_bot(self._bot))
        gone = self._partition_of.keys() - stored
        if gone:
            self._remove(gone)
        added = sorted(stored - self._partition_of.keys())
        for start in range(0, len(added), _BATCH):
            self._add(self._store.chunks(added[start : start + _BATCH]))
        self.version = version
        return True

    def _add(self, chunks: Sequence[Chunk]) -> None:
        by_partition: dict[PartitionKey, list[Chunk]] = {}
        for chunk in chunks:
            key = PartitionKey(chunk.bot, chunk.lang, chunk.is_paraphrase)
            by_partition.setdefault(key, []).append(chunk)
            self._partition_of[chunk.row] = key
        for key, mine in by_partition.items():
            self.parts.setdefault(key, PartitionIndex()).add(mine)

    def _remove(self, rows: set[int]) -> None:
        """Read the partitions again that have lost chunks: what the lost ones held is not known any more."""
        for key in {self._partition_of[row] for row in rows}:
            self.parts.pop(key)
            self._partition_of = {row: other for row, other in self._partition_of.items() if other != key}

    @property
    def size(self) -> int:
        """Bytes taken, estimated."""
        return sum(part.size for part in self.parts.values()) + 100 * len(self._partition_of)


class LexicalIndex:
    """All bots. `version` tells a bot's current version.

    >>> from pedalcast.rag.text.document_splitter import split_document
    >>> from pedalcast.rag.types import Document
    >>> store = ChunkStore(None, folder / "lexical" / "chunks.sqlite")
    >>> bell = Document("bell", "Bells", "Every bike has a bell.")
    >>> store.put("help", bell, "digest", split_document(bell, "help", "digest", {"ko": 400, "en": 900}))
    >>> index = LexicalIndex(store, store.version)
    >>> [part.postings.corpus_size for part in index.parts("help").values()], index.bots
    ([1], ['help'])
    >>> store.close()
    """

    def __init__(self, store: ChunkStore, version: Callable[[str], int], *, budget: int = BUDGET) -> None:
        self._store, self._version, self._budget = store, version, budget
        self._bots: OrderedDict[str, BotIndex] = OrderedDict()
        self._lock = RLock()

    @property
    def bots(self) -> list[str]:
        """The bots in memory, the one asked longest ago first."""
        with self._lock:
            return list(self._bots)

    @property
    def size(self) -> int:
        """Bytes taken by all bots in memory, estimated."""
        with self._lock:
            return sum(bot.size for bot in self._bots.values())

    def parts(self, bot: str) -> dict[PartitionKey, PartitionIndex]:
        """The partitions of a bot that have chunks."""
        index = self._current(bot)
        with index.lock:
            return {key: part for key, part in index.parts.items() if part.postings.corpus_size}

    def part(self, bot: str, lang: str, *, is_paraphrase: bool) -> PartitionIndex | None:
        """A partition, None where it has no chunks."""
        return self.parts(bot).get(PartitionKey(bot, lang, is_paraphrase))

    def search(
        self, partition: PartitionKey, terms: Iterable[int], n: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The best rows of a partition with their BM25 scores, best first; none that scores 0."""
        index = self._current(partition.bot)
        with index.lock:
            part = index.parts.get(partition)
            return part.postings.top(terms, n, allowed) if part else []

    def scores(self, partition: PartitionKey, terms: Sequence[int], rows: Sequence[int]) -> NDArray[np.float64]:
        """The BM25 scores of given rows."""
        index = self._current(partition.bot)
        with index.lock:
            part = index.parts.get(partition)
            return part.postings.get_batch_scores(terms, rows) if part else np.zeros(len(rows))

    def idf(self, partition: PartitionKey, terms: Sequence[int]) -> NDArray[np.float64]:
        """The idf of terms in a partition; 1 everywhere where there is none."""
        index = self._current(partition.bot)
        with index.lock:
            part = index.parts.get(partition)
            return part.postings.idf_of(terms) if part else np.ones(len(terms))

    def known(self, partition: PartitionKey, terms: Sequence[int]) -> NDArray[np.bool_]:
        """Which terms occur in a partition at all."""
        index = self._current(partition.bot)
        with index.lock:
            part = index.parts.get(partition)
            return np.array([part is not None and part.postings.knows(term) for term in terms], bool)

    def _current(self, bot: str) -> BotIndex:
        """The bot's index, built or brought up to date, and marked as asked last."""
        version = self._version(bot)
        with self._lock:
            index = self._bots.setdefault(bot, BotIndex(self._store, bot))
            self._bots.move_to_end(bot)
        with index.lock:
            changed = index.update(version)
        if changed:
            self._make_room(bot)
        return index

    def _make_room(self, asked: str) -> None:
        """Let go of the bots asked longest ago until the budget holds; the one just asked stays."""
        with self._lock:
            sizes = {bot: index.size for bot, index in self._bots.items()}
            for bot in [name for name in sizes if name != asked]:
                if sum(sizes.values()) <= self._budget:
                    return
                del self._bots[bot], sizes[bot]
