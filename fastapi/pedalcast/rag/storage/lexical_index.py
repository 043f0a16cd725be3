"""The lexical indexes: one per bot and language, and one more for its paraphrases, kept apart entirely."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import RLock
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.postings import Postings
from pedalcast.rag.storage.qdrant_postings import QdrantPostings
from pedalcast.rag.storage.sparse_vectors import SparseVectors
from pedalcast.rag.text.chunk import Chunk

_BUCKETS = 1 << 20  # of character bigrams
NEVER = 1 << 62


class PartitionKey(NamedTuple):
    """Whose chunks, in which language, bodies or paraphrases."""

    bot: str
    lang: str
    is_paraphrase: bool

    @property
    def fields(self) -> dict[str, str]:
        """What a chunk of this partition is filtered by in Qdrant."""
        return {"bot_id": self.bot, "lang": self.lang, "kind": "question" if self.is_paraphrase else "body"}


class PartitionIndex:
    """One partition's inverted index, and in how many of its chunks each character bigram occurs (by hash)."""

    def __init__(self, postings: Postings | None = None, bigrams: NDArray[np.int32] | None = None) -> None:
        self.postings = postings or Postings()
        self.bigrams = bigrams if bigrams is not None else np.zeros(_BUCKETS, np.int32)

    def bigram_idf(self, buckets: NDArray[np.int64]) -> NDArray[np.float64]:
        """The idf of character bigrams."""
        df = self.bigrams[buckets]
        idf: NDArray[np.float64] = np.log1p((self.postings.corpus_size - df + 0.5).clip(min=0.5) / (df + 0.5))
        return idf


class LexicalIndex:
    """All partitions. Kept in files beside the store, brought up to date from it when opened.

    A partition of more than `sparse_above` chunks moves to sparse vectors, which `open_sparse` opens, and stays there.
    """

    def __init__(
        self,
        store: ChunkStore,
        folder: Path,
        *,
        sparse_above: int = NEVER,
        open_sparse: Callable[[], SparseVectors] | None = None,
    ) -> None:
        self._store, self._folder = store, folder
        self._sparse_above, self._open_sparse = sparse_above, open_sparse
        self._sparse: SparseVectors | None = None
        self._lock = RLock()
        self.parts: dict[PartitionKey, PartitionIndex] = {}
        self._last = 0
        self._load()
        self._catch_up()

    def part(self, bot: str, lang: str, *, is_paraphrase: bool) -> PartitionIndex | None:
        """A partition, None where it has no chunks."""
        return self.parts.get(PartitionKey(bot, lang, is_paraphrase))

    def search(
        self, partition: PartitionKey, terms: Iterable[int], n: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The best rows of a partition with their BM25 scores, best first; none that scores 0."""
        with self._lock:
            part = self.parts.get(partition)
            return part.postings.top(terms, n, allowed) if part else []

    def scores(self, partition: PartitionKey, terms: Sequence[int], rows: Sequence[int]) -> NDArray[np.float64]:
        """The BM25 scores of given rows."""
        with self._lock:
            part = self.parts.get(partition)
            return part.postings.get_batch_scores(terms, rows) if part else np.zeros(len(rows))

    def idf(self, partition: PartitionKey, terms: Sequence[int]) -> NDArray[np.float64]:
        """The idf of terms in a partition; 1 everywhere where there is none."""
        with self._lock:
            part = self.parts.get(partition)
            return part.postings.idf_of(terms) if part else np.ones(len(terms))

    def known(self, partition: PartitionKey, terms: Sequence[int]) -> NDArray[np.bool_]:
        """Which terms occur in a partition at all."""
        with self._lock:
            part = self.parts.get(partition)
            return np.array([part is not None and part.postings.knows(term) for term in terms], bool)

    def add(self, chunk: Chunk) -> None:
        """Add a chunk in place."""
        with self._lock:
            part = self.parts.setdefault(PartitionKey(chunk.bot, chunk.lang, chunk.is_paraphrase), PartitionIndex())
            part.postings.add(chunk.row, chunk.index_keys())
            if isinstance(part.postings, QdrantPostings):
                part.postings.send(chunk)
            elif part.postings.corpus_size > self._sparse_above:
                self._move(PartitionKey(chunk.bot, chunk.lang, chunk.is_paraphrase), part)
            if chunk.lang == "ko":
                part.bigrams[np.unique(bigrams(chunk.text))] += 1
            self._last = max(self._last, chunk.row)

    def _move(self, partition: PartitionKey, part: PartitionIndex) -> None:
        """Move a partition's lists into sparse vectors."""
        moved = part.postings = self._in_qdrant(partition, part.postings)
        for chunk in self._store.scan():
            if chunk.row in moved.slots:
                moved.send(chunk)
        moved.flush()

    def _in_qdrant(self, partition: PartitionKey, statistics: Postings) -> QdrantPostings:
        if self._open_sparse is None:
            raise ValueError("no place is given for sparse vectors")
        if self._sparse is None:
            self._sparse = self._open_sparse()
        return QdrantPostings(statistics, self._sparse, self._store, partition.fields)

    def remove(self, chunks: Iterable[Chunk]) -> None:
        """Remove chunks in place."""
        with self._lock:
            for chunk in chunks:
                part = self.parts.get(PartitionKey(chunk.bot, chunk.lang, chunk.is_paraphrase))
                if part is None or chunk.row not in part.postings.slots:
                    continue
                part.postings.remove(chunk.row, chunk.index_keys())
                if chunk.lang == "ko":
                    part.bigrams[np.unique(bigrams(chunk.text))] -= 1

    def forget(self, uids: Sequence[str]) -> None:
        """Delete the sparse vectors of chunks that are gone."""
        with self._lock:
            self._flush()
            if self._sparse is not None:
                self._sparse.delete(uids)

    def _flush(self) -> None:
        for part in self.parts.values():
            if isinstance(part.postings, QdrantPostings):
                part.postings.flush()

    def save(self) -> None:
        """Write every partition and, last of all, the list of them, each atomically."""
        with self._lock:
            self._flush()
            self._folder.mkdir(parents=True, exist_ok=True)
            listed = []
            for n, (partition, part) in enumerate(self.parts.items()):
                sparse = isinstance(part.postings, QdrantPostings)
                part.postings.save(self._folder / f"{n}.npz")
                _write(self._folder / f"{n}.bigrams.npy", partial(_save, part.bigrams))
                listed.append([*partition, part.postings.corpus_size, sparse])
            state = {"last": self._last, "chunks": self._store.count(), "parts": listed}
            _write(self._folder / "parts.json", partial(_dump, state))

    def close(self) -> None:
        """Save, and release what is open."""
        self.save()
        if self._sparse is not None:
            self._sparse.close()

    def _load(self) -> None:
        listing = self._folder / "parts.json"
        if not listing.exists():
            return
        state = json.loads(listing.read_bytes())
        for n, (bot, lang, is_paraphrase, size, *sparse) in enumerate(state["parts"]):
            partition = PartitionKey(bot, lang, bool(is_paraphrase))
            part = PartitionIndex(Postings.load(self._folder / f"{n}.npz"), np.load(self._folder / f"{n}.bigrams.npy"))
            if part.postings.corpus_size != size:  # written while an older listing still stood: start afresh
                self.parts.clear()
                return
            if any(sparse):
                part.postings = self._in_qdrant(partition, part.postings)
            self.parts[partition] = part
        self._last = int(state["last"])

    def _catch_up(self) -> None:
        """Take in what the store holds beyond the saved state; start afresh where chunks have gone since."""
        self._read_on()
        if sum(part.postings.corpus_size for part in self.parts.values()) != self._store.count():
            self.parts.clear()
            self._last = 0
            self._read_on()

    def _read_on(self) -> None:
        for chunk in self._store.scan(self._last):
            self.add(chunk)


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


def _save(values: NDArray[np.int32], file: BinaryIO) -> None:
    np.save(file, values)


def _dump(state: object, file: BinaryIO) -> None:
    file.write(json.dumps(state).encode())


def _write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    scratch = path.with_name(path.name + ".partial")
    with scratch.open("wb") as file:
        write(file)
    scratch.replace(path)
