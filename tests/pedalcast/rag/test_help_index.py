"""The help on its way into a real index, stopped on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedalcast.rag.config import RagConfig
from pedalcast.rag.help_index import IndexingStopped, index_help
from pedalcast.rag.pipeline import DEFAULT_BOT, RetrievalPipeline

COUNT = 5


class StopAfter(threading.Event):
    """Set from the `looks`-th look on."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._left = looks

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "help"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"a{number}.md").write_text(f"# Fare {number}\n\nRide number {number} costs {number} won.\n")
    return folder


@pytest.fixture
def retrieval(tmp_path: Path) -> Iterator[RetrievalPipeline]:
    opened = RetrievalPipeline(RagConfig(data_dir=tmp_path / "rag", leg_timeout=60.0))
    yield opened
    opened.close()


def taken_in(retrieval: RetrievalPipeline) -> int:
    return len(list(retrieval.store.documents(DEFAULT_BOT)))


def test_stops_between_two_documents_and_goes_on_there(retrieval: RetrievalPipeline, articles: Path) -> None:
    with pytest.raises(IndexingStopped):
        index_help(retrieval, articles, StopAfter(2))
    assert taken_in(retrieval) == 2
    index_help(retrieval, articles)
    assert taken_in(retrieval) == COUNT
    assert retrieval.search("What does ride number 4 cost?", lang="en").passages[0].document_id == "a4.en"


def test_what_is_gone_is_not_dropped_when_it_is_to_stop(retrieval: RetrievalPipeline, articles: Path) -> None:
    index_help(retrieval, articles)
    (articles / "a0.md").unlink()
    with pytest.raises(IndexingStopped):
        index_help(retrieval, articles, StopAfter(0))
    assert taken_in(retrieval) == COUNT
    index_help(retrieval, articles)
    assert taken_in(retrieval) == COUNT - 1
