"""What the nodes before a node found, and the fields of it that conditions and templates read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pedalcast.rag.answer.answer_types import Answer, DocumentEvidence, Findings, Understanding
from pedalcast.rag.flow.graph import ConditionNode
from pedalcast.rag.live.service import LiveAnswer

Item = TypeVar("Item")
Value = str | float | bool | None
NodeResult = (
    Understanding | DocumentEvidence | LiveAnswer | Answer | bool | str | None
)  # bool: a condition, str: a text


@dataclass(frozen=True, slots=True)
class Upstream:
    """The results of the nodes that ran before one, by their ids, in the order in which they ended."""

    results: Mapping[str, NodeResult]

    @property
    def understanding(self) -> Understanding:
        """The question as the last of them understood it."""
        return [result for result in self.results.values() if isinstance(result, Understanding)][-1]

    @property
    def findings(self) -> Findings:
        """All that was found. Of several searches, the passages and quotes of all, the more certain first."""
        results = self.results.values()
        live = [result for result in results if isinstance(result, LiveAnswer)]
        documents = [result for result in results if isinstance(result, DocumentEvidence)]
        return Findings(self.understanding, _joined(documents), live[-1] if live else None)

    def value(self, node: str, field: str) -> Value:
        """A field of a node's result; None where the node did not run, or the value is not known."""
        lang = self.understanding.answer_lang
        return fields_of(self.results[node], lang).get(field) if node in self.results else None


def _joined(searches: Sequence[DocumentEvidence]) -> DocumentEvidence | None:
    if len(searches) < 2:
        return next(iter(searches), None)
    ordered = sorted(searches, key=lambda search: (not search.answerable, -search.score))
    certain = [search for search in ordered if search.answerable] or ordered
    passages = _once([passage for search in ordered for passage in search.found.passages])
    return DocumentEvidence(
        replace(ordered[0].found, passages=tuple(passages)),
        _once([quote for search in certain for quote in search.quotes]),
        ordered[0].score,
        ordered[0].answerable,
        tuple(_once([topic for search in ordered for topic in search.topics])),
    )


def _once(items: Iterable[Item]) -> list[Item]:
    kept: list[Item] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def fields_of(result: NodeResult, lang: str) -> dict[str, Value]:
    """The fields of a result that a graph may read; names in the language of the answer."""
    match result:
        case Understanding():
            return {
                "text": result.text,
                "route": result.routing.route.value,
                "language": result.answer_lang,
                "rewritten": result.rewritten is not None,
                "positioned": result.question.position is not None,
            }
        case DocumentEvidence():
            passages = result.found.passages
            title = passages[0].title if passages else None
            return {
                "answerable": result.answerable,
                "score": round(result.score, 4),
                "passages": len(passages),
                "title": title,
            }
        case LiveAnswer():
            seen = result.station
            station: dict[str, Value] = {"status": result.status}
            if seen is not None:
                station |= {
                    "station": seen.name_in(lang),
                    "bikes": seen.bikes,
                    "docks": seen.docks,
                    "ebikes": seen.ebikes,
                }
            return station
        case Answer():
            return {"text": result.text, "by": result.by, "answered": result.answered}
        case _:
            return {}


def holds(node: ConditionNode, value: Value) -> bool:
    """Whether a value meets a condition. One that is not known meets none."""
    if value is None:
        return False
    if node.operator == "contains":
        return str(node.value).casefold() in str(value).casefold()
    if node.operator in {"equals", "differs"}:
        same = value.casefold() == str(node.value).casefold() if isinstance(value, str) else value == node.value
        return same is (node.operator == "equals")
    left, right = float(value), float(node.value)
    return {"below": left < right, "at_most": left <= right, "above": left > right, "at_least": left >= right}[
        node.operator
    ]
