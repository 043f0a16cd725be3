"""Retrieval with its vectors on a server, over HTTP (see `qdrant_server` for what that server is)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from qdrant_client.models import FieldCondition, Filter, MatchValue

from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.storage.vectors.qdrant_edge import INDEXED
from pedalcast.rag.types import Document, RetrievalResult
from tests.pedalcast.rag.documents import DOCUMENTS, OTHER_BOT, SECRETS
from tests.pedalcast.rag.storage.vectors.qdrant_server_process import QdrantServer, qdrant_server

pytestmark = pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")  # on loopback

KEY = "the key of the server"
ASKED = [("What does a day pass cost?", "en"), ("헬멧을 꼭 써야 하나요?", "ko"), ("I lost my umbrella", "en")]


@pytest.fixture(scope="module")
def server() -> Iterator[QdrantServer]:
    with qdrant_server(KEY) as running:
        yield running


@pytest.fixture(scope="module")
def remote(
    server: QdrantServer, retrieval: RetrievalPipeline, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RetrievalPipeline]:
    """Vectors on the server, chunks in a file."""
    config = RagConfig(
        tmp_path_factory.mktemp("remote"), models_dir=retrieval.config.data_dir / "models", qdrant_url=server.url,
        qdrant_api_key=KEY, leg_timeout=30.0,
    )  # fmt: skip
    opened = RetrievalPipeline(config)
    opened.ingest(DOCUMENTS)
    opened.ingest(SECRETS, bot_id=OTHER_BOT)
    yield opened
    opened.close()


def scores(found: RetrievalResult) -> dict[str, float]:
    return {p.document_id: round(p.score, 2) for p in found.passages}


@pytest.mark.parametrize(("question", "lang"), ASKED)
def test_finds_what_the_embedded_store_finds(
    remote: RetrievalPipeline, retrieval: RetrievalPipeline, question: str, lang: str
) -> None:
    there, here = remote.search(question, lang=lang), retrieval.search(question, lang=lang)
    assert there.notes == ()
    assert there.passages
    assert scores(there) == pytest.approx(scores(here), abs=0.02)


def test_collections_are_made_with_an_index_on_every_filtered_field(
    remote: RetrievalPipeline, server: QdrantServer
) -> None:
    assert set(server.indexed) == {remote.index.models.collection("en"), remote.index.models.collection("ko")}
    assert all(fields == set(INDEXED) for fields in server.indexed.values())


def test_filters_by_what_documents_say_of_themselves(remote: RetrievalPipeline) -> None:
    lent = [Document(f"tool.{n}", "", f"A {n} tool can be borrowed.", metadata={"of": n}) for n in ("red", "blue")]
    remote.ingest(lent, bot_id="tools")
    found = remote.search("Can a tool be borrowed?", lang="en", bot_id="tools", filters={"of": frozenset({"blue"})})
    assert found.notes == ()
    assert [p.document_id for p in found.passages] == ["tool.blue"]
    collection, only = remote.index.models.collection("en"), MatchValue(value="tool.blue")
    chosen = Filter(must=[FieldCondition(key="document_id", match=only)])
    assert remote.index.vectors("en").client.count(collection, chosen).count == 1


def test_no_passage_of_another_bot_is_reached(remote: RetrievalPipeline) -> None:
    secret = SECRETS[0]
    assert remote.search(secret.text, lang="en", bot_id=OTHER_BOT).passages[0].document_id == secret.id
    assert {p.bot_id for p in remote.search(secret.text, lang="en").passages} == {"help"}


def test_a_deleted_document_is_gone_from_the_server(remote: RetrievalPipeline, server: QdrantServer) -> None:
    collection = remote.index.models.collection("en")
    before = server.engine.count(collection).count
    remote.ingest([Document("bell", "", "The bell of the bicycle costs one won.", lang="en")])
    assert server.engine.count(collection).count == before + 1
    assert remote.delete("bell")
    assert server.engine.count(collection).count == before


def test_a_server_that_fails_costs_the_vectors_only(
    remote: RetrievalPipeline, server: QdrantServer, tmp_path: Path
) -> None:
    config = replace(remote.config, data_dir=tmp_path)
    opened = RetrievalPipeline(config)
    opened.ingest(DOCUMENTS)
    server.failing = True
    try:
        found = opened.search("What does a day pass cost?", lang="en")
    finally:
        server.failing = False
    opened.close()
    assert found.passages[0].document_id == "passes.en"
    assert any(note.startswith("dense") for note in found.notes)


def test_a_wrong_key_is_refused(remote: RetrievalPipeline, tmp_path: Path) -> None:
    opened = RetrievalPipeline(replace(remote.config, data_dir=tmp_path, qdrant_api_key="another"))
    with pytest.raises(Exception, match="401") as refused:
        opened.ingest(DOCUMENTS[:1])
    assert "another" not in str(refused.value)
    opened.close()
