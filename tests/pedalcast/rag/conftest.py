"""A handful of documents, one of them poisoned, in an index of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import Retrieval
from tests.pedalcast.rag.documents import DOCUMENTS, OTHER_BOT, SECRETS


@pytest.fixture(scope="session")
def retrieval(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retrieval]:
    """Two bots: the help, with a planted document, and another one with secrets of its own."""
    opened = Retrieval(RagConfig(data_dir=tmp_path_factory.mktemp("rag")))
    opened.ingest(DOCUMENTS)
    opened.ingest(SECRETS, bot_id=OTHER_BOT)
    yield opened
    opened.close()
