"""Facts that articles state differently: the same key with two values, in one language or across both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pedalcast.knowledge.articles import Article, DeclaredFact


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A key with more than one value, and every article that states it."""

    key: str
    statements: tuple[tuple[Article, DeclaredFact], ...]

    def __str__(self) -> str:
        """A line for each article that states the fact."""
        lines = [f"{article.lang}/{article.id}: {fact.value!r}, {fact.says}" for article, fact in self.statements]
        return "\n  ".join([f"{self.key}:", *lines])


def contradictions(articles: Iterable[Article]) -> list[Contradiction]:
    """The declared facts with two values, by key."""
    stated: defaultdict[str, list[tuple[Article, DeclaredFact]]] = defaultdict(list)
    for article in articles:
        for key, fact in article.facts.items():
            stated[key].append((article, fact))
    return [
        Contradiction(key, tuple(statements))
        for key, statements in sorted(stated.items())
        if len({repr(fact.value) for _, fact in statements}) > 1
    ]
