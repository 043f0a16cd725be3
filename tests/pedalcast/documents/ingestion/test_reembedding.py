"""After a change of the embedding model words answer, and a background job gives every bot its vectors again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from structlog.testing import capture_logs

from pedalcast.documents.ingestion.reembedding import LEASE_KEY, ReEmbedding
from pedalcast.rag.config import RagConfig
from pedalcast.rag.help_index import index_help
from pedalcast.rag.pipeline import DEFAULT_BOT, RetrievalPipeline
from pedalcast.rag.types import Document
from tests.pedalcast.documents.document_service import DocumentClient

TANDEM = "# Bells\n\nThe bell of a folding tandem is tuned to A flat.\n"
QUESTION = "Which note is the bell of a folding tandem tuned to?"


def other_model(opened: RetrievalPipeline) -> None:
    """As if the setting named another model: its fingerprint is its name's."""
    opened.index.models.dense["en"].model_name = "another"


def vectors(opened: RetrievalPipeline) -> int:
    return int(opened.index.vectors("en").count())  # type: ignore[attr-defined]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "help"
    folder.mkdir()
    (folder / "bells.md").write_text(f"---\nlang: en\n---\n\n{TANDEM}")
    return folder


def test_words_answer_until_every_bot_is_embedded_again(
    models: Path, articles: Path, tmp_path: Path, redis_client: redis.Redis
) -> None:
    config = RagConfig(tmp_path / "rag", models_dir=models, leg_timeout=60.0)
    first = RetrievalPipeline(config)
    index_help(first, articles)
    first.ingest([Document("tandem", "Bells", TANDEM)], bot_id="own")
    assert first.index.behind() == {}
    first.close()
    opened = RetrievalPipeline(replace(config))
    other_model(opened)
    index_help(opened, articles)  # does not wait for the vectors
    assert opened.index.behind() == {DEFAULT_BOT: 1, "own": 1}
    for bot in (DEFAULT_BOT, "own"):
        assert opened.search(QUESTION, lang="en", bot_id=bot).passages[0].text.endswith("A flat.")
    opened.ingest([Document("new", "New", "A tricycle has no bell.")], bot_id="new")  # is new, not left behind
    job = ReEmbedding(redis_client, lambda: opened.index, threading.Event())
    redis_client.set(LEASE_KEY, b"1:another process")
    with capture_logs() as logs:
        job.run_round()
        job.run_round()
        assert (sum(opened.index.behind().values()), vectors(opened)) == (2, 1)
        assert job.problem() == "2 passages wait for vectors of the new embedding model; words alone find them"
        redis_client.delete(LEASE_KEY)
        job.run_round()
    assert [line["passages"] for line in logs if line["log_level"] == "warning"] == [2]
    assert (opened.index.behind(), vectors(opened), job.problem()) == ({}, 3, None)
    assert redis_client.get(LEASE_KEY) is None
    assert opened.search(QUESTION, lang="en", bot_id="own").notes == ()
    opened.close()


def test_it_stops_with_the_process_and_goes_on_later(models: Path, tmp_path: Path, redis_client: redis.Redis) -> None:
    opened = RetrievalPipeline(RagConfig(tmp_path / "rag", models_dir=models, leg_timeout=60.0))
    for bot in ("a", "b"):
        opened.ingest([Document("tandem", "Bells", TANDEM)], bot_id=bot)
    other_model(opened)
    stopping = threading.Event()
    stopping.set()
    ReEmbedding(redis_client, lambda: opened.index, stopping).run_round()
    assert (opened.index.behind(), redis_client.get(LEASE_KEY)) == ({"b": 1}, None)
    ReEmbedding(redis_client, lambda: opened.index, threading.Event()).run_round()
    assert opened.index.behind() == {}
    opened.close()


def test_the_service_does_it(documents: DocumentClient, eventually: Callable[[Callable[[], bool]], None]) -> None:
    document = documents.upload("bells.md", TANDEM.encode()).json()["id"]
    eventually(lambda: documents.state(document) == "ready")
    other_model(documents.retrieval)
    documents.runtime.embedding.wake()
    eventually(lambda: documents.retrieval.index.behind() == {})
    assert (vectors(documents.retrieval), documents.answers(QUESTION)) == (1, {document})
