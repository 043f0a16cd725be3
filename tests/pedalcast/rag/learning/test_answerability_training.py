"""The judgement where documents come with paraphrases: what it looks at, and what is learned of it."""

from __future__ import annotations

import numpy as np
import pytest

from pedalcast.rag.evaluation.dataset import near_misses
from pedalcast.rag.evaluation.evaluation_run import BOT
from pedalcast.rag.learning import answerability_training, paraphrase_training
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking import answerability
from tests.pedalcast.rag.documents import DOCUMENTS

ENGLISH = [document for document in DOCUMENTS if document.id.endswith(".en")]
ASKED = {name: n for n, name in enumerate(answerability.PARAPHRASE_FEATURES)}


@pytest.fixture(scope="module")
def filled(retrieval: RetrievalPipeline) -> RetrievalPipeline:
    retrieval.ingest(ENGLISH, bot_id=BOT)
    return retrieval


def judged(filled: RetrievalPipeline, question: str) -> dict[str, float]:
    row = answerability_training.evidence(paraphrase_training.ask(filled, question, "en")[0])
    assert row is not None
    return {name: float(row[n]) for name, n in ASKED.items()}


def test_a_known_wording_is_covered_by_its_document(filled: RetrievalPipeline) -> None:
    known, foreign = judged(filled, "How much is a day pass?"), judged(filled, "How much is a ferry to Jeju?")
    assert known["joint_coverage"] == 1.0
    assert known["joint_odd"] == 0.0 < foreign["joint_odd"]
    assert foreign["joint_coverage"] < 1.0
    assert foreign["joint_gap"] > known["joint_gap"]
    assert foreign["known_gap"] <= foreign["joint_gap"]


def test_the_answer_is_judged_by_what_was_learned_from(filled: RetrievalPipeline) -> None:
    """The same numbers reach the judgement when a question is asked as when it is learned from."""
    question = "Are helmets handed out?"
    sample = paraphrase_training.ask(filled, question, "en")[0]
    found = filled.search(question, lang="en", bot_id=BOT)
    asked = filled.judge.evidence(question, found.passages)
    row = answerability_training.evidence(sample)
    assert row is not None
    assert len(asked) == len(row) == len(answerability.PARAPHRASE_FEATURES)
    assert asked == pytest.approx(row, abs=1e-3)


def test_forgotten_support_is_found_again(filled: RetrievalPipeline) -> None:
    question = "Are helmets given out for free?"
    found = filled.search(question, lang="en", bot_id=BOT)
    before = filled.judge.evidence(question, found.passages)
    for n in range(70):  # more than are kept
        filled.search(f"umbrella {n}", lang="en", bot_id=BOT)
    assert filled.judge.evidence(question, found.passages) == pytest.approx(before, abs=1e-6)


def test_what_is_learned_tells_wordings_from_near_misses(filled: RetrievalPipeline) -> None:
    on = paraphrase_training.collect(filled, ENGLISH, "en")
    off = [s for query in near_misses("en")[:40] for s in paraphrase_training.ask(filled, query.text, "en")]
    judge = answerability_training.learn(on, off)
    sure, unsure = (judge.sure(answerability_training.rows(some)) for some in (on, off))
    assert np.mean(sure) > np.mean(unsure) + 0.3
    assert judge.as_saved(0.5).keys() == {*answerability.PARAPHRASE_FEATURES, "bias", "threshold"}


def test_the_threshold_lets_nine_in_ten_pass() -> None:
    right = np.linspace(0, 1, 1001)
    assert np.mean(right >= answerability_training.threshold(right.tolist())) == pytest.approx(0.9, abs=0.002)
