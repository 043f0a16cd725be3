"""Train from data sets: index each, ask all its questions, learn, write, and say how it does on unseen halves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pedalcast.rag.config import RagConfig
from pedalcast.rag.evaluate.dataset import Dataset, Query, load
from pedalcast.rag.evaluate.run import BOT, spread
from pedalcast.rag.learning import train
from pedalcast.rag.learning.samples import Sample, collect
from pedalcast.rag.pipeline import Retrieval

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
