"""Trains the answerability model for documents with paraphrases: whether there is an answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecaster.arrays import Doubles
from pedalcast.rag.learning import learners
from pedalcast.rag.learning.paraphrase_training import ParaphraseSample
from pedalcast.rag.learning.ranking_samples import subset
from pedalcast.rag.ranking import answerability

_L2 = 5e-3
_TOP = 8
_COVERED = 0.90  # of the paraphrases whose document comes first are answered; they are harder than what riders ask
_AWAY = 0.1  # what all paraphrases with their own document taken away count, beside 1 of those with it


@dataclass(frozen=True, slots=True)
class AnswerabilityModel:
    """A logistic model over `abstain.ASKED`."""

    weights: Doubles
    bias: float

    def sure(self, rows: Sequence[Doubles]) -> Doubles:
        """How likely there is an answer; [rows]."""
        likely: Doubles = 1 / (1 + np.exp(-(np.array(rows) @ self.weights + self.bias)))
        return likely

    def as_saved(self, threshold: float) -> dict[str, float]:
        """As `ranking/answerability.py` reads it."""
        named = dict(zip(answerability.PARAPHRASE_FEATURES, (round(float(w), 4) for w in self.weights), strict=True))
        return named | {"bias": round(self.bias, 4), "threshold": round(threshold, 4)}


def evidence(sample: ParaphraseSample, *, without: bool = False) -> Doubles | None:
    """The features of a sample, optionally with the right texts taken away; None if none is left."""
    order = [i for i in np.argsort(-sample.scores, kind="stable") if not (without and sample.right[i])][:_TOP]
    if not order:
        return None
    where = sample.signals.layout
    sentences = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in order])
    best = subset(sample.signals, order, sentences)
    return answerability.paraphrase_features(best, [sample.documents[i] for i in order], sample.support)


def rows(samples: Sequence[ParaphraseSample], *, without: bool = False) -> list[Doubles]:
    """The evidence of all samples that have any."""
    return [row for sample in samples if (row := evidence(sample, without=without)) is not None]


def learn(on: Sequence[ParaphraseSample], off: Sequence[ParaphraseSample]) -> AnswerabilityModel:
    """Wordings against questions that have no answer, and against paraphrases with their document taken away."""
    yes, no, away = rows(on), rows(off), rows(on, without=True)
    share = np.repeat([1 / len(yes), 1 / max(1, len(no)), _AWAY / max(1, len(away))], [len(yes), len(no), len(away)])
    answer = np.arange(len(share)) < len(yes)
    signs = [answerability.sign_of(name) for name in answerability.PARAPHRASE_FEATURES]
    weights, bias = learners.fit_logistic(np.array([*yes, *no, *away]), answer, share, _L2, signs)
    return AnswerabilityModel(weights, bias)


def threshold(right: Sequence[float]) -> float:
    """The probability that a share `_COVERED` of `right` reaches: of questions whose document ranks first."""
    return float(np.quantile(right, 1 - _COVERED))
