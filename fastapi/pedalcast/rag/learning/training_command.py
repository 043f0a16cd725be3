"""The training command: index each data set, ask its questions, train, write the models, report held-out figures."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pedalcast.rag.config import RagConfig
from pedalcast.rag.evaluation.dataset import Dataset, Query, built_in, load, near_misses
from pedalcast.rag.evaluation.evaluation_run import BOT, spread
from pedalcast.rag.learning import answerability_training, paraphrase_training, ranking_training
from pedalcast.rag.learning.paraphrase_training import ParaphraseSample
from pedalcast.rag.learning.ranking_samples import RankingSample, collect
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document

_OTHERS = 80  # questions of each other set that serve as off-topic ones


def learn(folders: Sequence[Path], lang: str, target: Path, models: Path, limit: int) -> dict[str, float]:
    """Learn a language's models from data sets in BEIR's layout, at most `limit` questions each, into `target`.

    Returns the reranker's weights. Asking some thousand questions takes minutes.
    """
    sets = [load(folder) for folder in folders]
    on: list[RankingSample] = []
    off: list[RankingSample] = []
    for dataset in sets:
        others = [query for other in sets if other is not dataset for query in spread(other.queries, _OTHERS)]
        asked, foreign = _samples(dataset, others, models, limit)
        on += asked
        off += foreign
    blend = ranking_training.learn_blend(on)
    linear, booster = ranking_training.learn_sentences(on, blend)
    judge = ranking_training.learn_abstain(on, off, blend)
    ranking_training.write(target, lang, blend=blend, linear=linear, booster=booster, judge=judge)
    return blend


def _samples(
    dataset: Dataset, others: list[Query], models: Path, limit: int
) -> tuple[list[RankingSample], list[RankingSample]]:
    with tempfile.TemporaryDirectory(prefix="pedalcast-learn-") as scratch:
        retrieval = RetrievalPipeline(RagConfig(Path(scratch), models_dir=models, leg_timeout=60.0))
        try:
            retrieval.ingest(dataset.documents, bot_id=BOT)
            foreign = [Query(q.id, q.text, q.lang, {}, ()) for q in (*dataset.off_topic, *others)]
            asked = [collect(retrieval, dataset.name, query) for query in spread(dataset.queries, limit)]
            unknown = [collect(retrieval, dataset.name, query) for query in foreign]
        finally:
            retrieval.close()
    return [s for s in asked if s], [s for s in unknown if s]


def learn_paraphrases(
    documents: Sequence[Document], lang: str, target: Path, models: Path, others: Sequence[Path] = ()
) -> dict[str, float]:
    """Learn a language's judgement for documents with paraphrases from their paraphrases, into `target`. Off-topic are
    the built-in questions and some of the data sets `others`.

    Returns held-out figures, in five parts by document: the share of paraphrases whose document comes first, of
    those how many are refused at the threshold, and of the near misses how many are answered.
    """
    far = [*built_in(lang), *(q for folder in others for q in spread(load(folder).queries, _OTHERS))]
    with tempfile.TemporaryDirectory(prefix="pedalcast-learn-") as scratch:
        retrieval = RetrievalPipeline(RagConfig(Path(scratch), models_dir=models, leg_timeout=60.0))
        try:
            retrieval.ingest(documents, bot_id=BOT)
            folds = [paraphrase_training.collect(retrieval, documents[n::5], lang) for n in range(5)]
            off, near = ([s for q in some for s in paraphrase_training.ask(retrieval, q.text, lang)]
                         for some in (far, near_misses(lang)))  # fmt: skip
        finally:
            retrieval.close()
    on = [sample for fold in folds for sample in fold]
    judge = answerability_training.learn(on, [*off, *near])
    held = _held_out(folds, off, near)
    threshold = answerability_training.threshold(held.right)
    text = json.dumps(judge.as_saved(threshold), indent=1) + "\n"
    (target / f"abstain-asked-{lang}.json").write_text(text, encoding="utf-8")
    return {
        "questions": len(on),
        "hit@1": paraphrase_training.hits(on),
        "right_refused_held_out": float(np.mean(np.array(held.right) < threshold)),
        "near_misses_answered_held_out": float(np.mean(np.array(held.near) >= threshold)),
    }


@dataclass(slots=True)
class _Held:
    """Answerability probabilities of held-out paraphrases whose document ranks first, and of held-out near misses."""

    right: list[float] = field(default_factory=list)
    near: list[float] = field(default_factory=list)


def _held_out(
    folds: Sequence[list[ParaphraseSample]], off: Sequence[ParaphraseSample], near: Sequence[ParaphraseSample]
) -> _Held:
    """Cross-validation: trained on all folds but one, applied to that one; near misses take turns."""
    held = _Held()
    for n, fold in enumerate(folds):
        other_folds = [sample for m, other in enumerate(folds) if m != n for sample in other]
        if not fold or not other_folds:  # fewer documents than parts
            continue
        judge = answerability_training.learn(other_folds, [*off, *(s for m, s in enumerate(near) if m % 5 != n)])
        right = [sample for sample in fold if sample.hit]
        held.right += judge.sure(answerability_training.rows(right)).tolist() if right else []
        held.near += judge.sure(answerability_training.rows(near[n::5])).tolist()
    return held
