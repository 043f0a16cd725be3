"""`python -m pedalcast.rag evaluate` on a small data set: figures, a report with its misses, a step switched off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pedalcast.rag.__main__ import app
from pedalcast.rag.evaluation.dataset import load
from pedalcast.rag.pipeline import RetrievalPipeline
from tests.pedalcast.rag.evaluation.versions import write

CORPUS = {
    "bell": "The bell of the blue bicycle was cast in Ghent in 1871. Its tone is a clear C sharp.",
    "lamp": "The lamp of the blue bicycle burns carbide. It was mounted in Porto by a smith.",
    "seat": "The seat of the blue bicycle is made of cork. A cobbler from Turin sewed it.",
}
ASKED = [
    ("q1", "Where was the bell of the blue bicycle cast?", "bell", "Ghent"),
    ("q2", "What does the lamp of the blue bicycle burn?", "lamp", "carbide"),
    ("q3", "Who sewed the seat of the blue bicycle?", "bell", "nobody"),  # a wrong judgement: always a miss
]
OFF = ["How do I bake rye bread?", "Who won the chess final?"]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text(lines([{"_id": k, "title": "", "text": v} for k, v in CORPUS.items()]))
    (folder / "queries.jsonl").write_text(lines([{"_id": q, "text": text} for q, text, *_ in ASKED]))
    (folder / "answers.jsonl").write_text(lines([{"_id": q, "answers": [a]} for q, *_, a in ASKED]))
    (folder / "off_topic.jsonl").write_text(lines([{"_id": f"o{n}", "text": text} for n, text in enumerate(OFF)]))
    judged = "".join(f"{q}\t{document}\t1\n" for q, _, document, _ in ASKED)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    return folder


def evaluated(data: Path, retrieval: RetrievalPipeline, folder: Path, *options: str) -> tuple[dict[str, Any], str]:
    models = str(retrieval.config.data_dir / "models")
    written = ["--json", str(folder / "figures.json"), "--report", str(folder / "report.md"), "--models", models]
    done = CliRunner().invoke(app, ["evaluate", "--data", str(data), *written, *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    figures: dict[str, Any] = json.loads((folder / "figures.json").read_bytes())
    return figures, (folder / "report.md").read_text(encoding="utf-8")


def test_figures_and_a_report_that_lists_the_misses(data: Path, retrieval: RetrievalPipeline, tmp_path: Path) -> None:
    found, report = evaluated(data, retrieval, tmp_path)
    figures = found["figures"]
    assert figures["questions"] == 3
    assert figures["recall@20"] == figures["citations_verbatim"] == 1.0
    assert figures["answer_in_1"] == figures["first_citation_right"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["off_topic_questions"] == len(OFF)
    assert {"search", "extract", "judge", "whole", "bm25", "dense", "rerank"} <= figures["latency_ms"].keys()
    assert [miss["id"] for miss in found["misses"]] == ["q3"]
    assert "## Misses (1)" in report
    assert ASKED[2][1] in report
    assert CORPUS["seat"].split(". ")[1] in report  # what was quoted instead


def test_copies_of_a_document_crowd_the_others_out_unless_dropped(
    data: Path, retrieval: RetrievalPipeline, tmp_path: Path
) -> None:
    write(data, tmp_path / "copies", 9)
    retrieval.ingest(load(tmp_path / "copies").documents, bot_id="copies")
    found = retrieval.search(ASKED[0][1], lang="en", bot_id="copies").passages
    assert {p.document_id.split(":")[0] for p in found} == set(CORPUS)
    nodes, _, _ = retrieval.searching.ranked(ASKED[0][1], "en", "copies")
    assert {n.node.text[:8] for n in nodes[: retrieval.config.top]} == {CORPUS["bell"][:8]}  # type: ignore[attr-defined]


def test_a_chosen_step_is_switched_off(data: Path, retrieval: RetrievalPipeline, tmp_path: Path) -> None:
    found, report = evaluated(data, retrieval, tmp_path, "--ablate", "--step", "bm25")
    assert list(found["ablation"]) == ["bm25"]
    assert "| bm25 |" in report
    unknown = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--ablate", "--step", "luck"])
    assert unknown.exit_code == 2
    assert "no such step: luck" in " ".join(unknown.output.replace("│", " ").split())
