"""Train from data sets: index each, ask all its questions, learn, write, and say how it does on unseen halves."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pedalcast.rag.config import RagConfig
from pedalcast.rag.evaluate.dataset import Dataset, Query, built_in, load
from pedalcast.rag.evaluate.run import BOT, spread
from pedalcast.rag.learning import train, wordings
from pedalcast.rag.learning.samples import Sample, collect
from pedalcast.rag.pipeline import Retrieval
from pedalcast.rag.types import Document

_OTHERS = 80  # questions of each other set that serve as off-topic ones


def learn(folders: Sequence[Path], lang: str, target: Path, models: Path, limit: int) -> dict[str, float]:
    """Learn a language's models from data sets in BEIR's layout, at most `limit` questions each, into `target`.

    Returns the reranker's weights. Asking some thousand questions takes minutes.
    """
    sets = [load(folder) for folder in folders]
    on: list[Sample] = []
    off: list[Sample] = []
    for dataset in sets:
        others = [query for other in sets if other is not dataset for query in spread(other.queries, _OTHERS)]
        asked, foreign = _samples(dataset, others, models, limit)
        on += asked
        off += foreign
    blend = train.learn_blend(on)
    linear, booster = train.learn_sentences(on, blend)
    judge = train.learn_abstain(on, off, blend)
    train.write(target, lang, blend=blend, linear=linear, booster=booster, judge=judge)
    return blend


def _samples(dataset: Dataset, others: list[Query], models: Path, limit: int) -> tuple[list[Sample], list[Sample]]:
    with tempfile.TemporaryDirectory(prefix="pedalcast-learn-") as scratch:
        retrieval = Retrieval(RagConfig(Path(scratch), models_dir=models, leg_timeout=60.0))
        try:
            retrieval.ingest(dataset.documents, bot_id=BOT)
            foreign = [Query(q.id, q.text, q.lang, {}, ()) for q in (*dataset.off_topic, *others)]
            asked = [collect(retrieval, dataset.name, query) for query in spread(dataset.queries, limit)]
            unknown = [collect(retrieval, dataset.name, query) for query in foreign]
        finally:
            retrieval.close()
    return [s for s in asked if s], [s for s in unknown if s]


def learn_wordings(
    documents: Sequence[Document], lang: str, target: Path, models: Path, others: Sequence[Path] = ()
) -> dict[str, float]:
    """Learn a language's weights and judgement for documents with alternative wordings from their wordings, into
    `target`. Off-topic are the built-in questions and some of the data sets `others`.

    Returns the share of wordings whose document comes first, on documents left out of the learning (five parts).
    """
    off_topic = [*built_in(lang), *(q for folder in others for q in spread(load(folder).queries, _OTHERS))]
    with tempfile.TemporaryDirectory(prefix="pedalcast-learn-") as scratch:
        retrieval = Retrieval(RagConfig(Path(scratch), models_dir=models, leg_timeout=60.0))
        try:
            retrieval.ingest(documents, bot_id=BOT)
            parts = [wordings.collect(retrieval, documents[n::5], lang) for n in range(5)]
            off = [sample for query in off_topic for sample in wordings.ask(retrieval, query.text, lang)]
        finally:
            retrieval.close()
    on = [sample for part in parts for sample in part]
    weights = wordings.learn_weights(on)
    judge = wordings.learn_judge(on, off, weights)
    for name, values in (("asked", wordings.as_saved(weights)), ("abstain-asked", judge)):
        (target / f"{name}-{lang}.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    return {"questions": len(on), "hit@1": wordings.hits(on, weights), "hit@1_held_out": _held_out(parts)}


def _held_out(parts: Sequence[Sequence[wordings.Asked]]) -> float:
    """Learned from all parts but one, measured on that one; the mean over the parts."""
    shares = []
    for n, part in enumerate(parts):
        if not part:  # fewer documents than parts
            continue
        rest = [sample for m, other in enumerate(parts) if m != n for sample in other]
        shares.append(wordings.hits(part, wordings.learn_weights(rest)))
    return sum(shares) / len(shares)
