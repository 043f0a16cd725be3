"""Retrieval as a whole: what is found, by whom, quoted how, and what happens when a part fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings.embedding_models import EmbeddingModels
from pedalcast.rag.embeddings.hosted import NotInstalledError
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import TAG, Document
from tests.pedalcast.rag.documents import DOCUMENTS, OTHER_BOT


@pytest.fixture
def own(retrieval: RetrievalPipeline, tmp_path: Path) -> Iterator[RetrievalPipeline]:
    """An empty index for tests that write."""
    opened = RetrievalPipeline(
        RagConfig(tmp_path / "rag", models_dir=retrieval.config.data_dir / "models", leg_timeout=60.0)
    )
    yield opened
    opened.close()


class _Backwards(BaseNodePostprocessor):
    """Stands where a cross-encoder does: the last becomes the first."""

    seen: int = 0

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        del query_bundle
        self.seen = len(nodes)
        return nodes[::-1]


def test_a_cross_encoder_orders_the_whole_pool(own: RetrievalPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (f"The bell number {n} hangs in tower {n * 7} beside pond {n * 11}." for n in range(12))
    own.ingest([Document(f"bell-{n}", f"Bell {n}", text) for n, text in enumerate(texts)])
    plain = [passage.document_id for passage in own.search("Where is the bell?", lang="en").passages]
    assert len(plain) == own.config.top
    backwards = _Backwards()
    monkeypatch.setattr(own.searching, "_cross", backwards)
    ordered = [passage.document_id for passage in own.search("Where is the bell?", lang="en").passages]
    assert backwards.seen > own.config.top
    assert len(ordered) == own.config.top
    assert ordered[0] not in plain


class TestFinding:
    @pytest.mark.parametrize(
        ("question", "lang", "document"),
        [
            ("What does a 24 hour pass cost?", "en", "passes.en"),
            ("Is it required to wear something on my head?", "en", "helmets.en"),
            ("하루 이용권 가격이 얼마인가요?", "ko", "passes.ko"),
            ("헬멧 안 쓰면 안 되나요?", "ko", "helmets.ko"),
        ],
    )
    def test_right_document_first(self, retrieval: RetrievalPipeline, question: str, lang: str, document: str) -> None:
        found = retrieval.search(question, lang=lang)
        assert found.passages[0].document_id == document
        assert found.notes == ()
        assert {"prepare", "bm25", "dense", "rerank", "dedup"} <= found.timings.keys()

    def test_quotes_are_verbatim(self, retrieval: RetrievalPipeline) -> None:
        found = retrieval.search("일일권은 얼마예요?", lang="ko")
        quotes = retrieval.extract("일일권은 얼마예요?", found.passages)
        assert 1 <= len(quotes) <= 3
        assert "5,000원" in quotes[0].text
        for quote in quotes:
            start, end = quote.document_span
            text = retrieval.document_text(quote.passage.document_id)
            assert text is not None
            assert text[start:end] == quote.text == quote.passage.text[quote.start : quote.end]

    def test_headings_are_never_quoted(self, own: RetrievalPipeline) -> None:
        own.ingest(
            [Document("bell", "", "# The price of a bell\n\nIt is one won.\n\n## What a bell costs\n\nNothing more.")]
        )
        found = own.search("What is the price of a bell?", lang="en")
        quotes = own.extract("What is the price of a bell?", found.passages)
        assert {quote.text for quote in quotes} == {"It is one won.", "Nothing more."}

    def test_an_answer_is_surer_than_none(self, retrieval: RetrievalPipeline) -> None:
        def sure(question: str) -> float:
            passages = retrieval.search(question, lang="en").passages
            return retrieval.answerable(question, passages, retrieval.extract(question, passages))

        assert sure("What does a day pass cost?") > retrieval.threshold("en") > sure("How do I knit a woollen scarf?")

    @pytest.mark.parametrize(
        ("others", "document"),
        [
            (("Is a helmet required?", "Are helmets provided?"), "helmets.en"),
            (("Where is lost property kept?", "How do I get a lost bag back?"), "lost.en"),
        ],
    )
    def test_other_wordings_of_a_question_find_too(
        self, retrieval: RetrievalPipeline, others: tuple[str, ...], document: str
    ) -> None:
        found = retrieval.search("zxqv zxqv?", lang="en", also=others)
        assert found.passages[0].document_id == document
        assert "queries" in found.timings

    def test_nothing_asked_nothing_found(self, retrieval: RetrievalPipeline) -> None:
        found = retrieval.search("  ", lang="en")
        assert found.passages == ()
        assert retrieval.answerable("", found.passages, []) == 0.0

    @pytest.mark.parametrize("off", ["bm25", "dense"])
    def test_filters_hold_on_both_legs(self, own: RetrievalPipeline, off: str) -> None:
        texts = {"old": "The bell costs one won.", "new": "The bell costs two won."}
        own.ingest([Document(k, "", text, metadata={"edition": k, TAG: [k, "bells"]}) for k, text in texts.items()])
        own.close()
        leg = RetrievalPipeline(replace(own.config, off=frozenset({off})))

        def found(**filters: str) -> set[str]:
            wanted = {field: frozenset(values.split()) for field, values in filters.items()}
            return {p.document_id for p in leg.search("What does the bell cost?", lang="en", filters=wanted).passages}

        assert found() == found(tag="bells") == found(lang="ko en", edition="old new") == {"old", "new"}
        assert found(edition="old") == found(tag="old") == found(document_id="old", tag="bells") == {"old"}
        assert found(edition="none") == found(lang="ko") == found(document_id="old", tag="new") == set()
        leg.close()


class TestBots:
    def test_no_passage_of_another_bot(self, retrieval: RetrievalPipeline) -> None:
        for question in ("What is the code of the vault?", "The code of the vault is 4711", "day pass 123 won"):
            found = retrieval.search(question, lang="en")
            assert {p.bot_id for p in found.passages} <= {"help"}
            assert "4711" not in "".join(p.text for p in found.passages)

    def test_its_own_bot_finds_it(self, retrieval: RetrievalPipeline) -> None:
        found = retrieval.search("What is the code of the vault?", lang="en", bot_id=OTHER_BOT)
        assert "4711" in found.passages[0].text

    def test_an_unknown_bot_has_nothing(self, retrieval: RetrievalPipeline) -> None:
        assert retrieval.search("vault code", lang="en", bot_id="nobody").passages == ()


class TestWriting:
    def test_again_changes_nothing(self, own: RetrievalPipeline) -> None:
        first, again = own.ingest(DOCUMENTS), own.ingest(DOCUMENTS)
        assert (first.written, again.written, again.unchanged) == (len(DOCUMENTS), 0, len(DOCUMENTS))
        assert sum(own.index.vectors(lang).count() for lang in ("ko", "en")) == own.store.count()  # type: ignore[attr-defined]

    def test_a_change_replaces(self, own: RetrievalPipeline) -> None:
        own.ingest([Document("bell", "", "The bell costs one won."), Document("lamp", "", "A lamp is free.")])
        own.ingest([Document("bell", "", "The bell costs two won now.")])
        found = own.search("What does the bell cost?", lang="en")
        assert [p.text for p in found.passages if p.document_id == "bell"] == ["The bell costs two won now."]
        assert own.index.vectors("en").count() == own.store.count() == 2  # type: ignore[attr-defined]

    def test_a_deleted_document_is_gone_everywhere(self, own: RetrievalPipeline) -> None:
        own.ingest([Document("bell", "", "The bell costs one won.")])
        assert own.delete("bell")
        assert not own.delete("bell")
        assert own.search("What does the bell cost?", lang="en").passages == ()
        assert own.index.vectors("en").count() == 0  # type: ignore[attr-defined]

    def test_open_again_finds_the_same(self, own: RetrievalPipeline) -> None:
        own.ingest(DOCUMENTS)
        before = [p.chunk_id for p in own.search("day pass price", lang="en").passages]
        own.close()
        opened = RetrievalPipeline(own.config)
        assert [p.chunk_id for p in opened.search("day pass price", lang="en").passages] == before
        opened.close()


class TestFailing:
    def test_the_other_leg_answers(self, own: RetrievalPipeline, tmp_path: Path) -> None:
        own.ingest(DOCUMENTS)
        own.close()
        nowhere = replace(own.config, qdrant_url="http://127.0.0.1:9", leg_timeout=2.0)
        opened = RetrievalPipeline(nowhere)
        found = opened.search("What does a day pass cost?", lang="en")
        assert found.passages[0].document_id == "passes.en"
        assert any(note.startswith("dense") for note in found.notes)
        opened.close()

    def test_a_model_serves_its_own_language_only(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="does not know"):
            EmbeddingModels(RagConfig(tmp_path, embeddings={"en": "minilm", "ko": "minilm"}))

    def test_a_missing_integration_names_its_requirements(self, retrieval: RetrievalPipeline, tmp_path: Path) -> None:
        models = retrieval.config.data_dir / "models"
        chosen = {"en": "bedrock", "ko": "e5"}
        with pytest.raises(NotInstalledError, match=r"requirements/llm\.txt"):
            EmbeddingModels(RagConfig(tmp_path, models_dir=models, embeddings=chosen))


@pytest.mark.parametrize("step", ["bm25", "dense", "queries", "questions", "rerank", "maxsim", "dedup", "extract"])
def test_every_step_can_be_switched_off(own: RetrievalPipeline, step: str) -> None:
    own.ingest(DOCUMENTS)
    own.close()
    opened = RetrievalPipeline(replace(own.config, off=frozenset({step})))
    found = opened.search("What does a day pass cost?", lang="en")
    assert "passes.en" in {p.document_id for p in found.passages}
    assert opened.extract("What does a day pass cost?", found.passages)
    opened.close()
