"""A handful of documents, one of them poisoned, in an index of their own; a small city; a server of a model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.config import RagConfig
from pedalcast.rag.live.service import LiveService
from pedalcast.rag.pipeline import RetrievalPipeline
from tests.pedalcast.rag.documents import DOCUMENTS, OTHER_BOT, SECRETS
from tests.pedalcast.rag.flow import PATIENT
from tests.pedalcast.rag.live.city import small_city
from tests.pedalcast.rag.openai_server import OpenAIServer, openai_server


@pytest.fixture(scope="session")
def retrieval(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetrievalPipeline]:
    """Two bots: the help, with a planted document, and another one with secrets of its own."""
    opened = RetrievalPipeline(RagConfig(data_dir=tmp_path_factory.mktemp("rag"), leg_timeout=60.0))
    opened.ingest(DOCUMENTS)
    opened.ingest(SECRETS, bot_id=OTHER_BOT)
    yield opened
    opened.close()


@pytest.fixture
def parts(retrieval: RetrievalPipeline) -> AnswerComponents:
    """What the workflow works with, by rules and quotes; a model words no queries, so that its calls are few."""
    return AnswerComponents(retrieval, LiveService(small_city()), limits=PATIENT, queries=0)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A language model on loopback."""
    with openai_server() as running:
        yield running
