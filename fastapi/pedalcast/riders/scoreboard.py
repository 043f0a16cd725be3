"""Verdicts counted by kind, compared with a hand's, and the misses as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pedalcast.riders.catalogue import RiderVerdict
from pedalcast.riders.marking import MarkedAnswer


def scoreboard(marked: Sequence[MarkedAnswer], by_hand: Mapping[str, RiderVerdict]) -> dict[str, Any]:
    """Shares of right answers by kind and language, counts of every verdict, agreement with the hand, milliseconds."""
    kinds = sorted({m.question.kind for m in marked})
    figures: dict[str, Any] = {kind: _counts([m for m in marked if m.question.kind == kind]) for kind in kinds}
    figures["all"] = _counts(marked)
    for lang in ("ko", "en"):
        figures[lang] = _counts([m for m in marked if m.question.lang == lang])
    figures["milliseconds"] = {lang: _milliseconds([m for m in marked if m.question.lang == lang])
                               for lang in ("ko", "en")}  # fmt: skip
    judged = [m for m in marked if m.question.id in by_hand]
    if judged:
        figures["agreement"] = _agreement(judged, by_hand)
    return figures


def _counts(marked: Sequence[MarkedAnswer]) -> dict[str, Any]:
    counts = Counter(m.verdict for m in marked)
    share = counts[RiderVerdict.RIGHT] / len(marked) if marked else None
    return {"questions": len(marked), "right_share": share} | {
        verdict.value: counts[verdict] for verdict in RiderVerdict
    }


def _milliseconds(marked: Sequence[MarkedAnswer]) -> dict[str, float] | None:
    if not marked:
        return None
    p50, p95 = np.percentile([1e3 * m.seconds for m in marked], [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def _agreement(judged: Sequence[MarkedAnswer], by_hand: Mapping[str, RiderVerdict]) -> dict[str, Any]:
    """How often both say the same verdict, and how often both say right or both say not right."""
    right = RiderVerdict.RIGHT
    apart = [m for m in judged if (m.verdict is right) != (by_hand[m.question.id] is right)]
    same = sum(m.verdict is by_hand[m.question.id] for m in judged)
    return {
        "judged": len(judged),
        "same_verdict": round(same / len(judged), 3),
        "same_on_right": round(1 - len(apart) / len(judged), 3),
        "apart": {m.question.id: f"machine {m.verdict}, hand {by_hand[m.question.id]}" for m in apart},
    }


def page(marked: Sequence[MarkedAnswer], figures: Mapping[str, Any]) -> str:
    """The figures and every answer that is not right, as Markdown."""
    heads = ["kind", "questions", *(verdict.value for verdict in RiderVerdict)]
    lines = ["# Riders' questions", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for kind, row in figures.items():
        if "questions" in row:
            cells = [kind, row["questions"], *(row[verdict.value] for verdict in RiderVerdict)]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    for m in marked:
        if m.verdict is not RiderVerdict.RIGHT:
            meta = m.answer["metadata"]
            lines += ["", f"## {m.question.id}: {m.question.text}", "", f"*{m.verdict}, {meta['rag_type']}*", "",
                      m.answer["answer"]]  # fmt: skip
    return "\n".join(lines) + "\n"
