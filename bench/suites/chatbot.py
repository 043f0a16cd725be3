"""The chatbot's documents: taking ten thousand chunks in, a whole offline answer over five thousand, how good it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.sample_data.chatbot_corpus import SHARED
from bench.support.measurement_report import Report, Target, at_least, at_most
from bench.support.servers import QUIET

QUESTIONS = 200  # of each data set
EVALUATED: dict[str, dict[str, Target]] = {
    "xquad_en": {
        "ndcg@10": at_least(0.985),
        "answer_in_1": at_least(0.84),
        "answer_in_3": at_least(0.96),
        "first_citation_right": at_least(0.98),
        "citations_verbatim": at_least(1.0),
    },
    "korquad": {
        "ndcg@10": at_least(0.965),
        "answer_in_1": at_least(0.85),
        "answer_in_3": at_least(0.945),
        "first_citation_right": at_least(0.95),
        "citations_verbatim": at_least(1.0),
    },
}


def run(report: Report) -> None:
    """Ingest and answers in a process of its own, then the data sets beside the checkout, where there are any."""
    with tempfile.TemporaryDirectory(prefix="bench-rag-") as scratch:
        folder = Path(scratch)
        report.note("taking in 10,000 chunks of real sentences, then asking 5,000 of each language")
        _speed(report, folder / "models")
        for name in EVALUATED:
            if (data := _data(name, folder)) is not None:
                report.note(f"{QUESTIONS} questions of {name}")
                _quality(report, name, data, folder)


def _speed(report: Report, models: Path) -> None:
    figures: dict[str, float] = json.loads(_python("-m", "bench.support.chatbot_process", str(models)))
    for name, value in figures.items():
        report.add(f"rag_{name}", value, at_most(150.0) if "_p95_ms" in name else None)


def _quality(report: Report, name: str, data: Path, folder: Path) -> None:
    target = folder / f"{name}.json"
    _python("-m", "pedalcast.rag", "evaluate", "--data", str(data), "--limit", str(QUESTIONS), "--json", str(target),
            "--models", str(folder / "models"))  # fmt: skip
    measured = json.loads(target.read_text(encoding="utf-8"))["figures"]
    for measure, reach in EVALUATED[name].items():
        report.add(f"rag_{name}_{measure.replace('@', '_at_')}", measured[measure], reach)


def _data(name: str, folder: Path) -> Path | None:
    """The data set in BEIR's layout; KorQuAD is put into it by the script beside it. None where it is not there."""
    if name != "korquad":
        return SHARED / name if (SHARED / name).exists() else None
    script = SHARED / "korquad_to_beir.py"
    if not script.exists():
        return None
    _python(str(script), str(folder / name))
    return folder / name


def _python(*arguments: str) -> str:
    """What a Python of one thread prints. Raises `CalledProcessError`."""
    environment = {**os.environ, **QUIET}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    return done.stdout
