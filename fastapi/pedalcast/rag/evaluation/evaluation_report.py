"""The figures of a run as a readable report, misses listed."""

from __future__ import annotations

from typing import Any

from pedalcast.rag.evaluation.evaluation_run import EvaluationRun, QueryOutcome

_LISTED = 200


def misses(done: EvaluationRun) -> list[dict[str, Any]]:
    """Questions whose first quote is from a wrong document, or whose first sentence misses the answer."""
    return [_miss(o) for o in done.outcomes if not o.first_right or (o.query.answers and not o.contained(1))][:_LISTED]


def _miss(outcome: QueryOutcome) -> dict[str, Any]:
    query = outcome.query
    return {
        "id": query.id,
        "question": query.text,
        "answers": list(query.answers),
        "right": sorted(query.relevant),
        "found": outcome.ranked[:3],
        "quotes": [quote.text for quote in outcome.quotes],
        "wrong_document": not outcome.first_right,
        "answer_in": next((n for n in (1, 2, 3) if outcome.contained(n)), None),
        "answerable": round(outcome.answerable, 3),
    }


def markdown(figures: dict[str, Any]) -> str:
    """The report."""
    ingest = figures["ingest"]
    intro = (
        f"{figures['documents']} documents, ingest {ingest['seconds']:.0f} s, peak memory {ingest['peak_mb']} MB; "
        f"off-topic questions: {figures['off_topic_source']}."
    )
    lines = [f"# Retrieval on {figures['data']}", "", intro, "", "| measure | value |", "|---|---|"]
    lines += [f"| {k} | {v} |" for k, v in figures["figures"].items() if k != "latency_ms"]
    lines += ["", "| step | p50 ms | p95 ms |", "|---|---|---|"]
    lines += [f"| {k} | {v['p50']} | {v['p95']} |" for k, v in figures["figures"]["latency_ms"].items()]
    return "\n".join([*lines, *_ablation(figures), *_missed(figures["misses"])]) + "\n"


def _ablation(figures: dict[str, Any]) -> list[str]:
    if "ablation" not in figures:
        return []
    measures = (
        "ndcg@10",
        "recall@20",
        "first_citation_right",
        "answer_in_1",
        "answer_in_3",
        "off_topic_answered_at_95",
    )
    rows = {"nothing": figures["figures"], **figures["ablation"]}
    table = ["", "## Each step switched off in turn", "", f"| off | {' | '.join(measures)} |", "|---" * 7 + "|"]
    return [
        *table,
        *(f"| {step} | " + " | ".join(str(row.get(m, "")) for m in measures) + " |" for step, row in rows.items()),
    ]


def _missed(missed: list[dict[str, Any]]) -> list[str]:
    lines = ["", f"## Misses ({len(missed)})", ""]
    for miss in missed:
        kind = "wrong document" if miss["wrong_document"] else f"answer in {miss['answer_in'] or 'none of three'}"
        right, answers = ", ".join(miss["right"][:3]), "; ".join(miss["answers"])
        lines.append(f"- **{miss['question']}** ({kind}; right: {right}; answers: {answers})")
        lines += [f"  - {quote}" for quote in miss["quotes"][:1]]
    return lines
