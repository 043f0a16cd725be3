"""One evaluation from files to files: questions in, figures and misses out."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from pedalcast.riders.catalogue import load_hand_verdicts, load_questions
from pedalcast.riders.marking import MarkedAnswer, ask_all
from pedalcast.riders.scoreboard import page, scoreboard


def evaluated(
    folder: Path, overlay: Path | None, data: Path | None, json_file: Path | None, report: Path | None
) -> str:
    """Ask everything in `folder`, write what is wanted, and return the figures as JSON.

    Raises OSError and ValueError for files that cannot be read.
    """
    questions = load_questions(folder, overlay)
    with tempfile.TemporaryDirectory(prefix="pedalcast-") as scratch:
        marked = asyncio.run(ask_all(questions, data or Path(scratch), _print_count))
    figures = scoreboard(marked, load_hand_verdicts(folder))
    if json_file is not None:
        json_file.write_bytes(orjson.dumps(_all(marked, figures), option=orjson.OPT_INDENT_2))
    if report is not None:
        report.write_text(page(marked, figures), encoding="utf-8")
    return orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode()


def _all(marked: Sequence[MarkedAnswer], figures: dict[str, Any]) -> dict[str, Any]:
    answers = [
        {"id": m.question.id, "kind": m.question.kind, "question": m.question.text, "verdict": m.verdict.value,
         "seconds": round(m.seconds, 4), "answer": m.answer}
        for m in marked
    ]  # fmt: skip
    return {"figures": figures, "answers": answers}


def _print_count(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done} of {total}" + ("\n" if done == total else ""))
