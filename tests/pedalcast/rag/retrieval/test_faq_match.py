"""A document's own paraphrases lead to it, whatever its text's scores say."""

from __future__ import annotations

import pytest

from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.retrieval.faq_match import matching_paraphrase


def found(retrieval: RetrievalPipeline, question: str, lang: str) -> str | None:
    passages = retrieval.search(question, lang=lang).passages
    return matching_paraphrase(question, passages, retrieval.store, lang) if passages else None


@pytest.mark.parametrize(
    ("question", "lang", "document"),
    [
        ("How much is a day pass?", "en", "passes.en"),
        ("how much is a day pass", "en", "passes.en"),
        ("How much is the day pass?", "en", "passes.en"),
        ("일일권은 얼마예요?", "ko", "passes.ko"),
        ("일일권 얼마예요", "ko", "passes.ko"),
        ("헬멧을 꼭 써야 하나요?", "ko", "helmets.ko"),
    ],
)
def test_is_foreseen(retrieval: RetrievalPipeline, question: str, lang: str, document: str) -> None:
    assert found(retrieval, question, lang) == document


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("How much is a car?", "en"),
        ("What is a pass?", "en"),
        ("일일권을 잃어버렸어요", "ko"),
        ("모자를 사야 하나요?", "ko"),
    ],
)
def test_is_not(retrieval: RetrievalPipeline, question: str, lang: str) -> None:
    assert found(retrieval, question, lang) is None
