"""Lexical indexes are built on first use, kept up to date and within their budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical.lexical_index import LexicalIndex
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.document_splitter import analyse, split_document
from pedalcast.rag.types import Document

CHARS = {"ko": 400, "en": 900}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChunkStore]:
    opened = ChunkStore(None, tmp_path / "chunks.sqlite")
    yield opened
    opened.close()


def put(store: ChunkStore, bot: str, name: str, text: str, lang: str = "en") -> None:
    document = Document(name, name, text, lang=lang)
    store.put(bot, document, text, split_document(document, bot, text, CHARS))


def found(index: LexicalIndex, bot: str, question: str) -> int:
    terms = analyse(question, "en")["key"].tolist()
    return len(index.search(PartitionKey(bot, "en", is_paraphrase=False), terms, 10))


def test_a_change_is_seen_with_its_version(store: ChunkStore) -> None:
    versions = {"help": 1}
    index = LexicalIndex(store, versions.__getitem__)
    put(store, "help", "bell", "A bell rings.")
    assert found(index, "help", "bell") == 1
    put(store, "help", "horn", "A horn and a bell.")
    assert found(index, "help", "bell") == 1  # nobody has told of it
    versions["help"] = 2
    assert found(index, "help", "bell") == 2
    store.remove("help", "bell")
    versions["help"] = 3
    assert found(index, "help", "bell") == 1
    assert found(index, "help", "rings") == 0


def test_a_replaced_document_leaves_no_trace_in_the_weights(store: ChunkStore) -> None:
    put(store, "help", "a", "자전거 반납", "ko")
    put(store, "help", "b", "자전거 대여", "ko")
    changed = LexicalIndex(store, store.version)
    changed.parts("help")
    put(store, "help", "a", "헬멧 보관", "ko")
    fresh = LexicalIndex(store, store.version)
    key = PartitionKey("help", "ko", is_paraphrase=False)
    terms = analyse("자전거 헬멧 반납", "ko")["key"].tolist()
    assert changed.idf(key, terms).tolist() == fresh.idf(key, terms).tolist()
    buckets = np.arange(1 << 20)
    mine, theirs = (i.part("help", "ko", is_paraphrase=False) for i in (changed, fresh))
    assert mine is not None
    assert theirs is not None
    assert (mine.bigram_idf(buckets) == theirs.bigram_idf(buckets)).all()


def test_the_bot_asked_longest_ago_leaves_first_and_comes_back(store: ChunkStore) -> None:
    for bot in ("a", "b", "c"):
        put(store, bot, "bell", "A bell rings. " * 50)
    sizes = LexicalIndex(store, store.version)
    assert found(sizes, "a", "bell")
    index = LexicalIndex(store, store.version, budget=int(sizes.size * 2.5))
    for bot in ("a", "b", "a", "c"):
        assert found(index, bot, "bell")
    assert index.bots == ["a", "c"]
    assert found(index, "b", "bell")
    assert index.bots == ["c", "b"]
    assert index.size <= sizes.size * 2.5
