"""Word vectors survive storage; both built-in models put like beside like."""

from __future__ import annotations

import numpy as np
import pytest

from pedalcast.rag.embeddings.base import WordVectors, unit_length
from pedalcast.rag.pipeline import RetrievalPipeline


def test_packed_words_come_back() -> None:
    vectors = unit_length(np.random.default_rng(0).standard_normal((7, 128)))
    spans = np.arange(14).reshape(7, 2)
    back = WordVectors.unpack(WordVectors(spans, vectors, np.ones(7, np.float32)).pack())
    assert (back.spans == spans).all()
    assert (back.vectors * vectors).sum(axis=1) == pytest.approx(np.ones(7), abs=3e-3)


@pytest.mark.parametrize(
    ("lang", "like", "unlike"),
    [
        ("en", ("How do I remove my account?", "Deleting your profile"), "The weather in spring"),
        ("ko", ("요금을 환불받고 싶어요", "환불 요금 안내"), "봄 날씨가 따뜻하다"),
    ],
)
def test_like_is_nearer_than_unlike(
    retrieval: RetrievalPipeline, lang: str, like: tuple[str, str], unlike: str
) -> None:
    one, two, other = (e.vector for e in retrieval.index.models.local[lang].embed([*like, unlike]))
    assert one @ two > one @ other + 0.2


def test_a_batch_gives_what_single_texts_give(retrieval: RetrievalPipeline) -> None:
    model = retrieval.index.models.local["en"]
    texts = ["A short one.", "A rather longer text about bikes, docks, stations and the people who use them."]
    together = model.embed(texts)
    for text, embedded in zip(texts, together, strict=True):
        assert float(model.embed([text])[0].vector @ embedded.vector) > 0.99
