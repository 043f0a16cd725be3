"""The judgement for paraphrases is learned from each wording asked with itself out of sight."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pedalcast.rag.evaluation.evaluation_run import BOT
from pedalcast.rag.learning import answerability_training, paraphrase_training
from pedalcast.rag.learning.training_command import learn_paraphrases
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking.answerability import PARAPHRASE_FEATURES, sign_of
from pedalcast.rag.ranking.signals import PASSAGE
from tests.pedalcast.rag.documents import DOCUMENTS

ENGLISH = [document for document in DOCUMENTS if document.id.endswith(".en")]
COVERAGE = PARAPHRASE_FEATURES.index("joint_coverage")
DENSE = PASSAGE.index("dense")


@pytest.fixture(scope="module")
def filled(retrieval: RetrievalPipeline) -> RetrievalPipeline:
    retrieval.ingest(ENGLISH, bot_id=BOT)
    return retrieval


def test_a_wording_lends_itself_nothing(filled: RetrievalPipeline) -> None:
    wording = ENGLISH[0].paraphrases[0]
    [hidden] = paraphrase_training.ask(filled, wording, "en", ENGLISH[0].id)
    [in_sight] = paraphrase_training.ask(filled, wording, "en")
    own = ENGLISH[0].id
    assert in_sight.support[own].best_signals[DENSE] == pytest.approx(1.0, abs=1e-3)
    assert hidden.support[own].best_signals[DENSE] < 0.99


def test_the_right_text_can_be_taken_away(filled: RetrievalPipeline) -> None:
    sample = paraphrase_training.ask(filled, ENGLISH[0].paraphrases[0], "en", ENGLISH[0].id)[0]
    whole, without = (
        answerability_training.evidence(sample),
        answerability_training.evidence(sample, without=True),
    )
    assert whole is not None
    assert without is not None
    assert whole[COVERAGE] > without[COVERAGE]


def test_what_is_written_can_be_read_and_ranks(filled: RetrievalPipeline, tmp_path: Path) -> None:
    learned = learn_paraphrases(ENGLISH, "en", tmp_path, filled.config.data_dir / "models")
    assert learned["questions"] == sum(len(document.paraphrases) for document in ENGLISH)
    assert learned["hit@1"] > 0.5
    assert 0 <= learned["right_refused_held_out"] <= 1
    assert 0 <= learned["near_misses_answered_held_out"] <= 1
    saved = json.loads((tmp_path / "abstain-asked-en.json").read_bytes())
    assert 0 < saved["threshold"] < 1
    assert all(saved[name] * sign_of(name) >= 0 for name in PARAPHRASE_FEATURES)
