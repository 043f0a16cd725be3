"""Whether the passages answer the question at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from forecaster.arrays import Doubles
from pedalcast.rag.ranking.paraphrase_support import JOINT_SIGNALS, joint_signals
from pedalcast.rag.ranking.passage_score import LEARNED
from pedalcast.rag.ranking.signals import PASSAGE, Signals
from pedalcast.rag.retrieval.prepared_query import ParaphraseSupport

FEATURES = (*(f"top_{name}" for name in PASSAGE), *(f"best_{name}" for name in PASSAGE), "unseen", "terms")
PARAPHRASE_FEATURES = (
    "lent_dense", "joint_maxsim", "joint_coverage", "joint_gap", "joint_odd", "known_gap", "known_odd",
)  # fmt: skip
_JOINT = [JOINT_SIGNALS.index(name) for name in ("maxsim", "coverage", "gap", "odd")]
_KNOWN = [JOINT_SIGNALS.index(name) for name in ("gap", "odd")]
_DENSE = PASSAGE.index("dense")
_AGAINST = {"joint_gap", "joint_odd", "known_gap", "known_odd"}


def answerability_features(signals: Signals, unseen: float, terms: int) -> Doubles:
    """The signals of the first passage, the best of each signal over all passages, the share of the question's weight
    in terms that no chunk has, and how many terms it has (at most 10)."""
    top, best = signals.passages[0], signals.passages.max(axis=0)
    return np.concatenate([top, best, [unseen, min(terms, 10) / 10]])


def paraphrase_features(
    signals: Signals, documents: Sequence[str], support: Mapping[str, ParaphraseSupport]
) -> Doubles:
    """As `PARAPHRASE_FEATURES` names them: the cosine of the nearest paraphrase of the first document; how well its
    texts and paraphrases cover the question; what the texts and paraphrases of all documents leave uncovered.

    `documents` are those of the passages, best first. The texts' own signals are left out: in a question that shares no
    word with them they speak against an answer that is there.
    """
    supports = [support[document] for document in dict.fromkeys(documents) if document in support]
    first = supports[:1] if documents[0] in support else []
    cosine = first[0].best_signals[_DENSE] if first else 0.0
    joint, known = joint_signals(first, signals)[_JOINT], joint_signals(supports, signals)[_KNOWN]
    return np.concatenate([[cosine], joint, known])


def sign_of(feature: str) -> int:
    """Which way a paraphrase feature may speak: 1 for an answer, -1 against one.

    Without this the weights learned from some hundred questions take the wrong side where features go together.
    """
    return -1 if feature in _AGAINST else 1


@cache
def _model(lang: str, *, paraphrased: bool) -> Mapping[str, float]:
    name = f"abstain-asked-{lang}.json" if paraphrased else f"abstain-{lang}.json"
    model: Mapping[str, float] = json.loads((LEARNED / name).read_bytes())
    return model


def answerable(row: Doubles, lang: str, *, paraphrased: bool) -> float:
    """The probability, by a logistic model, that there is an answer.

    `row` is that of `answerability_features`, or of `paraphrase_features` where documents come with paraphrases.
    """
    model = _model(lang, paraphrased=paraphrased)
    named = zip(PARAPHRASE_FEATURES if paraphrased else FEATURES, row, strict=True)
    total = model["bias"] + sum(model.get(name, 0.0) * value for name, value in named)
    return float(1 / (1 + np.exp(-total)))


def threshold(lang: str, *, paraphrased: bool) -> float:
    """The probability from which to answer: 95 % of answerable questions of the training sets lie above it. Where
    documents come with paraphrases, 90 % of those whose document comes first do."""
    return _model(lang, paraphrased=paraphrased)["threshold"]
