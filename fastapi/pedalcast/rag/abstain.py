"""Whether the passages answer the question at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.blend import LEARNED
from pedalcast.rag.signals import PASSAGE, Signals

FEATURES = (*(f"top_{name}" for name in PASSAGE), *(f"best_{name}" for name in PASSAGE), "unseen", "terms")


def features(signals: Signals, unseen: float, terms: int) -> NDArray[np.float64]:
    """The signals of the first passage, the best of each signal over all passages, the share of the question's weight
    in terms that no chunk has, and how many terms it has (at most 10)."""
    top, best = signals.passages[0], signals.passages.max(axis=0)
    return np.concatenate([top, best, [unseen, min(terms, 10) / 10]])


@cache
def _model(lang: str, *, asked: bool) -> Mapping[str, float]:
    name = f"abstain-asked-{lang}.json" if asked else f"abstain-{lang}.json"
    model: Mapping[str, float] = json.loads((LEARNED / name).read_bytes())
    return model


def answerable(row: NDArray[np.float64], score: float, lang: str, *, asked: bool) -> float:
    """The probability, by a logistic model, that there is an answer; `row` as `features` gives it.

    `asked` says that the documents come with alternative wordings; then the first passage's `score` counts too.
    """
    model = _model(lang, asked=asked)
    total = model["bias"] + model.get("score", 0.0) * score
    total += sum(model.get(name, 0.0) * value for name, value in zip(FEATURES, row, strict=True))
    return float(1 / (1 + np.exp(-total)))


def threshold(lang: str, *, asked: bool) -> float:
    """The probability from which to answer: 95 % of answerable questions of the training sets lie above it, 90 % of
    those that were asked of documents with alternative wordings."""
    return _model(lang, asked=asked)["threshold"]
