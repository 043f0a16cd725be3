"""Three queries: the question, and two that only widen the pool; candidates are scored against the question itself."""

from __future__ import annotations

import numpy as np

from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.text.tokens import Term

_RAREST = 3


def rarest_terms(question: PreparedQuery) -> list[int]:
    """The question's three rarest terms: finds what shares its names but not its other words."""
    if len(question.keys) <= _RAREST:
        return []
    return [int(key) for key in question.keys[np.argsort(-question.idf, kind="stable")[:_RAREST]]]


def keywords(text: str, terms: list[Term]) -> str | None:
    """The question without its light words, for the vectors: nearer to a statement than to other questions."""
    kept = [text[term.start : term.end] for term in terms if not term.light]
    joined = " ".join(kept)
    return joined if len(kept) > 1 and joined != text else None
