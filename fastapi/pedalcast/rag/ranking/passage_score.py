"""The reranker's score: a weighted sum of a passage's signals, the same for every question (no ranks, no pool)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.ranking.signals import PASSAGE, Signals

LEARNED = Path(__file__).parent / "learned"
FITTED = frozenset({"en"})  # languages whose fitted weights beat the fusion on held-out halves, without paraphrases


@cache
def signal_weights(lang: str) -> NDArray[np.float64]:
    """The learned weight of each signal of `PASSAGE`; how they were learned stands in `learned/README.md`."""
    named: Mapping[str, float] = json.loads((LEARNED / f"blend-{lang}.json").read_bytes())
    return np.array([named.get(name, 0.0) for name in PASSAGE])


def passage_scores(signals: Signals, lang: str, off: frozenset[str] = frozenset()) -> NDArray[np.float64]:
    """The score of each candidate. `off` may switch the word-by-word signals off ("maxsim")."""
    share = signal_weights(lang)
    if "maxsim" in off:
        share = share * np.array(["maxsim" not in name for name in PASSAGE])
    scores: NDArray[np.float64] = signals.passages @ share
    return scores
