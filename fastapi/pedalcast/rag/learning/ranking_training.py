"""Trains all ranking models of one language from data sets, reports held-out figures, and writes the models."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecaster.arrays import Doubles
from pedalcast.rag.learning import learners
from pedalcast.rag.learning.ranking_samples import RankingSample, best
from pedalcast.rag.ranking import answerability
from pedalcast.rag.ranking.sentence_ranking import sentence_features
from pedalcast.rag.ranking.signals import PASSAGE

BLENDED = ("bm25", "bigrams", "cosine", "maxsim", "sentence_cosine", "sentence_maxsim", "pair_coverage")
_COLUMNS = [PASSAGE.index(name) for name in BLENDED]
_TOP = 8


def _by_set(samples: Sequence[RankingSample]) -> Doubles:
    """Weights that make every data set count the same."""
    sizes = Counter(sample.set for sample in samples)
    return np.array([1 / sizes[sample.set] for sample in samples])


def learn_blend(samples: Sequence[RankingSample]) -> dict[str, float]:
    """The reranker's weights."""
    groups = [(s.signals.passages[:, _COLUMNS], s.right) for s in samples]
    fitted = learners.fit_listwise(groups, _by_set(samples), 1e-4, positive=True)
    return {name: round(float(w), 3) for name, w in zip(BLENDED, fitted, strict=True)}


def score(sample: RankingSample, weights: dict[str, float]) -> Doubles:
    """The blend of a sample's candidates."""
    scores: Doubles = sample.signals.passages[:, _COLUMNS] @ np.array([weights[name] for name in BLENDED])
    return scores


def sentence_rows(
    sample: RankingSample, weights: dict[str, float]
) -> tuple[Doubles, NDArray[np.int64], NDArray[np.bool_]]:
    """Features, grades and containment of the sentences of the best passages."""
    signals, right, answers = best(sample, score(sample, weights), _TOP)
    grades = np.where(answers & right[signals.layout.passage], 3, answers.astype(np.int64))
    return sentence_features(signals, score_of_passages(signals, weights)), grades, answers


def score_of_passages(signals: Any, weights: dict[str, float]) -> Doubles:
    """The blend of given signals."""
    scores: Doubles = signals.passages[:, _COLUMNS] @ np.array([weights[name] for name in BLENDED])
    return scores


def learn_sentences(samples: Sequence[RankingSample], weights: dict[str, float]) -> tuple[dict[str, list[float]], Any]:
    """The linear part, as saved, and the trees."""
    rows = [sentence_rows(s, weights) for s in samples if s.judged]
    table = np.concatenate([r[0] for r in rows])
    mean, deviation = table.mean(axis=0), table.std(axis=0) + 1e-6
    groups = [((r[0] - mean) / deviation, r[1] == 3) for r in rows]
    linear = learners.fit_listwise(groups, np.ones(len(groups)), 2e-3, positive=False)
    booster = learners.fit_trees(table, np.concatenate([r[1] for r in rows]), [len(r[0]) for r in rows])
    saved = {"mean": mean, "deviation": deviation, "weights": linear}
    return {name: [round(float(v), 6) for v in values] for name, values in saved.items()}, booster


def evidence(sample: RankingSample, weights: dict[str, float], *, without: bool = False) -> Doubles | None:
    """The answerability features of a sample, optionally without its right documents; None if nothing is left."""
    if without and sample.right.all():
        return None
    signals, _, _ = best(sample, score(sample, weights), _TOP, without=sample.right if without else None)
    return answerability.answerability_features(signals, sample.unseen, sample.terms)


def learn_abstain(
    on: Sequence[RankingSample], off: Sequence[RankingSample], weights: dict[str, float]
) -> dict[str, float]:
    """The logistic model. On-topic questions whose right document is not among the best do not count as answerable."""
    yes = [evidence(s, weights) for s in on]
    no = [evidence(s, weights) for s in off]
    away = [row for s in on if (row := evidence(s, weights, without=True)) is not None]
    rows = np.array([*yes, *no, *away])
    answer = np.arange(len(rows)) < len(yes)
    share = np.concatenate(
        [_by_set(on), np.full(len(no), 1.0 / max(1, len(no))), np.full(len(away), 0.5 / max(1, len(away)))]
    )
    fitted, bias = learners.fit_logistic(rows, answer, share)
    model = dict(zip(answerability.FEATURES, (round(float(w), 4) for w in fitted), strict=True)) | {
        "bias": round(bias, 4)
    }
    probabilities = sorted(1 / (1 + np.exp(-(np.array(yes) @ fitted + bias))))
    return model | {"threshold": round(float(probabilities[len(probabilities) // 20]), 4)}


def write(
    folder: Path, lang: str, *, blend: dict[str, float], linear: Any, booster: Any, judge: dict[str, float]
) -> None:
    """Write the model files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in (("blend", blend), ("sentences", linear), ("abstain", judge)):
        (folder / f"{name}-{lang}.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    booster.save_model(folder / f"sentences-{lang}.txt")
