"""`python -m pedalcast.rag train`, from a data set to files that the product reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pedalcast.rag.__main__ import app
from pedalcast.rag.evaluation.dataset import load
from pedalcast.rag.learning.ranking_training import BLENDED
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking import answerability, passage_score, sentence_ranking

THINGS = ("bell", "lamp", "seat", "wheel", "brake", "basket", "pedal", "chain", "rack", "tyre", "pump", "mirror")
TOWNS = ("Ghent", "Porto", "Turin", "Leeds", "Lyon", "Basel", "Graz", "Cork", "Bergen", "Malaga", "Riga", "Pisa")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where twelve parts of a bicycle come from, each in a text of its own with three sentences."""
    folder = tmp_path_factory.mktemp("set")
    (folder / "qrels").mkdir()
    made = list(enumerate(zip(THINGS, TOWNS, strict=True)))
    texts = {
        n: f"Every {thing} is painted blue. The {thing} was made in {town}. It is old." for n, (thing, town) in made
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "corpus": [{"_id": f"d{n}", "title": "", "text": text} for n, text in texts.items()],
        "queries": [{"_id": f"q{n}", "text": f"Where was the {thing} made?"} for n, (thing, _) in made],
        "answers": [{"_id": f"q{n}", "answers": [town]} for n, (_, town) in made],
        "off_topic": [{"_id": f"o{n}", "text": f"How do I cook {what}?"} for n, what in enumerate(("rice", "peas"))],
    }
    for name, listed in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in listed), encoding="utf-8")
    judged = "".join(f"q{n}\td{n}\t1\n" for n in texts)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return folder


def test_what_is_learned_is_what_is_read(
    data: Path, retrieval: RetrievalPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = str(retrieval.config.data_dir / "models")
    options = ["train", "--data", str(data), "--lang", "en", "--out", str(tmp_path), "--models", models]
    done = CliRunner().invoke(app, options, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    weights = json.loads(done.output[done.output.index("{") :])["blend"]
    assert weights.keys() == set(BLENDED)
    retrieval.ingest(load(data).documents, bot_id="parts")
    for module in (passage_score, sentence_ranking, answerability):
        monkeypatch.setattr(module, "LEARNED", tmp_path)
    with read_anew():
        found = retrieval.search("Where was the lamp made?", lang="en", bot_id="parts").passages
        quotes = retrieval.extract("Where was the lamp made?", found)
        assert (found[0].document_id, quotes[0].text) == ("d1", "The lamp was made in Porto.")
        assert 0 < answerability.threshold("en", paraphrased=False) < 1


@contextmanager
def read_anew() -> Iterator[None]:
    """What was read once is kept: read the learned files again, now and afterwards."""
    kept = (passage_score.signal_weights, sentence_ranking._linear, sentence_ranking._trees, answerability._model)
    for each in kept:
        each.cache_clear()
    try:
        yield
    finally:
        for each in kept:
            each.cache_clear()
