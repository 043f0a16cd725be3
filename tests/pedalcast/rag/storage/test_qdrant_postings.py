"""BM25 as sparse vectors finds what the lists in memory find, and stays right when documents come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical_index import NEVER, LexicalIndex, PartitionKey
from pedalcast.rag.storage.qdrant_postings import QdrantPostings
from pedalcast.rag.storage.sparse_vectors import EdgeSparseVectors, ServerSparseVectors, SparseVectors
from pedalcast.rag.text.document_splitter import split_document
from pedalcast.rag.types import Document

WORDS = ["bicycle", "station", "pass", "price", "helmet", "lamp", "bell", "lock", "rain", "winter", "summer", "river"]
LIMITS = {"en": 400, "ko": 400}
EN = PartitionKey("a", "en", is_paraphrase=False)


def document(n: int) -> Document:
    rng = np.random.default_rng(n)
    words = rng.choice(WORDS, size=rng.integers(4, 30), p=rng.dirichlet(np.ones(len(WORDS))))
    return Document(f"d{n}", f"title {WORDS[n % len(WORDS)]}", " ".join(words) + f" number{n}.", lang="en")


pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant")


class Both:
    """The same documents in both kinds of index."""

    def __init__(self, folder: Path, open_sparse: Callable[[], SparseVectors], above: int = 40) -> None:
        self.folder, self.open_sparse, self.above = folder, open_sparse, above
        self.store = ChunkStore(folder / "chunks.sqlite")
        self.open()

    def open(self) -> None:
        self.lists = LexicalIndex(self.store, self.folder / "lists", sparse_above=NEVER)
        self.vectors = LexicalIndex(
            self.store, self.folder / "vectors", sparse_above=self.above, open_sparse=self.open_sparse
        )

    def put(self, bot: str, document: Document, digest: str = "1") -> None:
        chunks = split_document(document, bot, digest, LIMITS)
        before = self.store.document_chunks(bot, document.id)
        rows = self.store.put(bot, document, digest, chunks)
        for index in (self.lists, self.vectors):
            index.remove(before)
            for row, chunk in zip(rows, chunks, strict=True):
                index.add(replace(chunk, row=row))

    def delete(self, bot: str, document: str) -> None:
        for index in (self.lists, self.vectors):
            index.remove(self.store.document_chunks(bot, document))
        self.store.remove(bot, document)
        self.vectors.forget(self.store.doomed())

    def close(self) -> None:
        self.lists.close()
        self.vectors.close()

    def agree(self, allowed: list[int] | None = None) -> None:
        """Every two words find the same, with the same scores."""
        only = None if allowed is None else np.array(allowed)
        found = 0
        for pair in pairwise(WORDS):
            terms = [
                int(key)
                for key in split_document(Document("q", "", " ".join(pair), lang="en"), "q", "", LIMITS)[0].terms["key"]
            ]
            expected = self.lists.search(EN, terms, 8, only)
            got = self.vectors.search(EN, terms, 8, only)
            assert [score for _, score in got] == pytest.approx([score for _, score in expected])
            assert self.lists.scores(EN, terms, [row for row, _ in got]) == pytest.approx([score for _, score in got])
            rows = [row for row, _ in expected]
            assert self.vectors.scores(EN, terms, rows) == pytest.approx(self.lists.scores(EN, terms, rows))
            found += len(expected)
        assert found


@pytest.fixture(params=["embedded", "server's client"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Both]:
    def opened() -> SparseVectors:
        if request.param == "embedded":
            return EdgeSparseVectors(tmp_path / "sparse")
        return ServerSparseVectors(QdrantClient(path=str(tmp_path / "client")))

    made = Both(tmp_path, opened)
    for n in range(60):
        made.put("a", document(n))
    made.put("b", document(1))
    yield made
    made.close()


def test_moves_past_the_size_and_finds_the_same(both: Both) -> None:
    assert isinstance(both.vectors.parts[EN].postings, QdrantPostings)
    assert not isinstance(both.vectors.parts[PartitionKey("b", "en", is_paraphrase=False)].postings, QdrantPostings)
    both.agree()


def test_changes_and_deletions_are_followed(both: Both) -> None:
    both.put("a", replace(document(3), text="A lamp, a lamp and a bell in the rain."), "2")
    both.delete("a", "d7")
    for n in range(60, 90):
        both.put("a", document(n))
    both.agree()


def test_filters_hold(both: Both) -> None:
    allowed = both.store.rows_of("a", [f"d{n}" for n in range(20, 40)])
    both.agree(allowed)


def test_another_bot_is_not_found(both: Both) -> None:
    for n in range(45):
        both.put("b", replace(document(n), text=f"The vault holds secret {n}."), "2")
    assert isinstance(both.vectors.parts[PartitionKey("b", "en", is_paraphrase=False)].postings, QdrantPostings)
    terms = split_document(Document("q", "", "vault secret", lang="en"), "q", "", LIMITS)[0].terms["key"].tolist()
    assert both.vectors.search(EN, terms, 8) == []
    assert both.vectors.search(PartitionKey("b", "en", is_paraphrase=False), terms, 8)


def test_opened_again_it_goes_on_where_it_stood(both: Both) -> None:
    both.close()
    both.store.put("a", document(99), "1", split_document(document(99), "a", "1", LIMITS))
    both.open()
    assert isinstance(both.vectors.parts[EN].postings, QdrantPostings)
    both.agree()
