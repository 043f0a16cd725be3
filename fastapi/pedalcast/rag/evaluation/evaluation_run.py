"""One data set through the product's own pipeline, question by question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from time import perf_counter
from typing import Any

from pedalcast.rag.evaluation import metrics
from pedalcast.rag.evaluation.dataset import Dataset, Query
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.retrieval.candidates import chunk_of
from pedalcast.rag.types import Passage, Quote

BOT = "evaluation"
OnQueryDone = Callable[[], None]


@dataclass(slots=True)
class QueryOutcome:
    """What came of one question: documents in order, quotes, the judgement, seconds by step."""

    query: Query
    ranked: list[str]
    quotes: list[Quote]
    answerable: float
    verbatim: bool
    timings: dict[str, float]

    @property
    def first_right(self) -> bool:
        """Whether the first quote is from a right document."""
        return bool(self.quotes) and self.quotes[0].passage.document_id in self.query.relevant

    def contained(self, n: int) -> bool:
        """Whether one of the first n sentences contains an answer, letter for letter."""
        return any(answer in quote.text for quote in self.quotes[:n] for answer in self.query.answers)


@dataclass(slots=True)
class EvaluationRun:
    """All outcomes on a data set: the judged questions, the off-topic ones, and the judged ones once more with their
    right documents taken away from what was found."""

    outcomes: list[QueryOutcome] = field(default_factory=list)
    off_topic: list[QueryOutcome] = field(default_factory=list)
    taken_away: list[float] = field(default_factory=list)


def run(
    retrieval: RetrievalPipeline, dataset: Dataset, limit: int | None = None, on_question: OnQueryDone = lambda: None
) -> EvaluationRun:
    """Ask every question, or `limit` of them spread evenly."""
    done = EvaluationRun()
    for query in spread(dataset.queries, limit):
        outcome, without = ask(retrieval, query)
        done.outcomes.append(outcome)
        done.taken_away.append(without)
        on_question()
    for query in dataset.off_topic:
        done.off_topic.append(ask(retrieval, query)[0])
        on_question()
    return done


def spread(queries: Sequence[Query], limit: int | None) -> list[Query]:
    """`limit` of the queries, evenly spread over their order."""
    if limit is None or limit >= len(queries):
        return list(queries)
    return [queries[n * len(queries) // limit] for n in range(limit)]


def ask(retrieval: RetrievalPipeline, query: Query) -> tuple[QueryOutcome, float]:
    """One question, and how answerable it would look without its right documents."""
    began = perf_counter()
    nodes, timings, _ = retrieval.searching.ranked(query.text, query.lang, BOT)
    passages = retrieval.searching.trimmed(nodes)
    searched = perf_counter()
    quotes = retrieval.extract(query.text, passages)
    extracted = perf_counter()
    score = retrieval.answerable(query.text, passages, quotes)
    ended = perf_counter()
    timings |= {"search": searched - began, "extract": extracted - searched, "judge": ended - extracted,
                "whole": ended - began}  # fmt: skip
    ranked = list(dict.fromkeys(chunk_of(node).document for node in nodes))
    verbatim = all(_verbatim(retrieval, quote) for quote in quotes)
    outcome = QueryOutcome(query, ranked, quotes, score, verbatim, timings)
    return outcome, _without(retrieval, query, nodes) if query.relevant else 0.0


def _without(retrieval: RetrievalPipeline, query: Query, nodes: list[Any]) -> float:
    others = retrieval.searching.trimmed([node for node in nodes if chunk_of(node).document not in query.relevant])
    return retrieval.answerable(query.text, others, retrieval.extract(query.text, others))


def _verbatim(retrieval: RetrievalPipeline, quote: Quote) -> bool:
    """Whether the quote stands at its place in its passage and in its document."""
    passage: Passage = quote.passage
    text = retrieval.document_text(passage.document_id, bot_id=passage.bot_id)
    start, end = quote.document_span
    return text is not None and text[start:end] == quote.text == passage.text[quote.start : quote.end]


def summary(done: EvaluationRun, threshold: Callable[[str], float]) -> dict[str, Any]:
    """The measures of a run."""
    outcomes = done.outcomes
    judged = [o for o in outcomes if o.query.answers]
    on, off = [o.answerable for o in outcomes], [o.answerable for o in done.off_topic]
    figures: dict[str, Any] = {
        "questions": len(outcomes),
        "ndcg@10": _mean(metrics.ndcg(o.ranked, o.query.relevant) for o in outcomes),
        "recall@20": _mean(metrics.recall(o.ranked, o.query.relevant) for o in outcomes),
        "mrr": _mean(metrics.reciprocal_rank(o.ranked, o.query.relevant) for o in outcomes),
        "hit@1": _mean(bool(o.ranked) and o.ranked[0] in o.query.relevant for o in outcomes),
        "first_citation_right": _mean(o.first_right for o in outcomes),
        "citations_verbatim": _mean(o.verbatim for o in [*outcomes, *done.off_topic]),
        "off_topic_answered_at_95": round(metrics.answered_at_coverage(on, off), 4),
        "source_taken_away_answered_at_95": round(metrics.answered_at_coverage(on, done.taken_away), 4),
        "answered_at_threshold": _mean(o.answerable >= threshold(o.query.lang) for o in outcomes),
        "off_topic_answered_at_threshold": _mean(o.answerable >= threshold(o.query.lang) for o in done.off_topic),
        "off_topic_questions": len(off),
    }
    if judged:
        figures |= {f"answer_in_{n}": _mean(o.contained(n) for o in judged) for n in (1, 2, 3)}
    return figures | {"latency_ms": _latency([*outcomes, *done.off_topic])}


def _latency(outcomes: list[QueryOutcome]) -> dict[str, dict[str, float]]:
    by_step: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for step, seconds in outcome.timings.items():
            by_step[step].append(seconds)
    return {step: metrics.percentiles(seconds) for step, seconds in by_step.items()}


def _mean(values: Any) -> float:
    numbers = [float(value) for value in values]
    return round(fmean(numbers), 4) if numbers else float("nan")
