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
PARAPHRASE_SIGNALS = (
    "bigrams",
    "cosine",
    "maxsim",
    "coverage",
    "worst_word",
)  # of a paraphrase; as it is one sentence, the rest repeat
PARAPHRASE_FEATURES = (
    *FEATURES, "ahead", "ahead_of_four", *(f"lent_{name}" for name in PARAPHRASE_SIGNALS),
    *(f"joint_{name}" for name in JOINT_SIGNALS), *(f"known_{name}" for name in JOINT_SIGNALS),
)  # fmt: skip
_AGAINST = {"unseen", *(f"{part}_{name}" for part in ("joint", "known") for name in ("gap", "odd"))}
_PARAPHRASE_COLUMNS = [PASSAGE.index(name) for name in PARAPHRASE_SIGNALS]
_FAR = 3.0  # further ahead than this says no more; where there is no other document, nothing


def answerability_features(signals: Signals, unseen: float, terms: int) -> Doubles:
    """The signals of the first passage, the best of each signal over all passages, the share of the question's weight
    in terms that no chunk has, and how many terms it has (at most 10)."""
    top, best = signals.passages[0], signals.passages.max(axis=0)
    return np.concatenate([top, best, [unseen, min(terms, 10) / 10]])


def paraphrase_features(
    row: Doubles,
    signals: Signals,
    scores: Sequence[float],
    documents: Sequence[str],
    support: Mapping[str, ParaphraseSupport],
) -> Doubles:
    """`row`, of `answerability_features`, and the signals of paraphrases, as `PARAPHRASE_FEATURES` names them: how far
    the first passage is ahead of the next document's and of the next four passages'; what its document's paraphrases
    match best; how well it covers the question, and how well all documents together do.

    `scores` and `documents` are those of the passages, best first.
    """
    others = [score for score, document in zip(scores, documents, strict=True) if document != documents[0]]
    ahead = [min(scores[0] - float(np.mean(others[:n])), _FAR) if others else 0.0 for n in (1, 4)]
    supports = [support[document] for document in dict.fromkeys(documents) if document in support]
    first = supports[:1] if documents[0] in support else []
    best_signals = first[0].best_signals[_PARAPHRASE_COLUMNS] if first else np.zeros(len(_PARAPHRASE_COLUMNS))
    return np.concatenate([row, ahead, best_signals, joint_signals(first, signals), joint_signals(supports, signals)])


def sign_of(feature: str) -> int:
    """Which way a feature may speak: 1 for an answer, -1 against one, 0 either way.

    Without this the weights learned from a few hundred questions take the wrong side where signals go together.
    """
    return 0 if feature == "terms" else -1 if feature in _AGAINST else 1


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
