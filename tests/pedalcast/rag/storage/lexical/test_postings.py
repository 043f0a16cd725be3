"""Postings score as rank-bm25 does, and stay right when documents come and go."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from pedalcast.rag.storage.lexical.postings import Postings

QUERY = [1, 5, 77, 300, 9999]


class Reference(BM25Okapi):
    """rank-bm25's own scoring, with Lucene's idf."""

    def _calc_idf(self, nd: dict[int, int]) -> None:
        for word, df in nd.items():
            self.idf[word] = math.log1p((self.corpus_size - df + 0.5) / (df + 0.5))


@pytest.fixture
def documents() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.zipf(1.3, size=rng.integers(5, 60)) % 500 for _ in range(300)]


@pytest.fixture
def index(documents: list[np.ndarray]) -> Postings:
    index = Postings()
    for row, terms in enumerate(documents):
        index.add(row + 10, terms)
    return index


def reference(documents: list[np.ndarray]) -> np.ndarray:
    return Reference([terms.tolist() for terms in documents]).get_scores(QUERY)


def test_scores_are_rank_bm25s(index: Postings, documents: list[np.ndarray]) -> None:
    assert index.get_scores(QUERY) == pytest.approx(reference(documents))


def test_removed_documents_leave_no_trace(index: Postings, documents: list[np.ndarray]) -> None:
    for row in range(100):
        index.remove(row + 10, documents[row])
    assert index.get_scores(QUERY)[100:] == pytest.approx(reference(documents[100:]))
    assert not index.get_scores(QUERY)[:100].any()


def test_hits_that_score_nothing_are_left_out(index: Postings) -> None:
    assert index.top([9999], 5) == []


def test_only_allowed_rows_are_found(index: Postings) -> None:
    allowed = np.array([11, 12, 13])
    assert {row for row, _ in index.top(QUERY, 20, allowed)} <= set(allowed.tolist())
