"""Which of a bot's documents a question is searched in: fields, each with the values of which it has to have one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DocumentFilters = Mapping[str, frozenset[str]]
DocumentFields = Mapping[str, frozenset[str]]  # what a document has, by field

EVERYTHING: DocumentFilters = MappingProxyType({})
LANG = "lang"  # the one field that chunks have, not documents


def narrowed(first: DocumentFilters, second: DocumentFilters) -> DocumentFilters:
    """What holds where both do.

    >>> both = narrowed({"kind": frozenset({"pdf", "html"})}, {"kind": frozenset({"pdf"}), "tag": frozenset({"fares"})})
    >>> {field: sorted(values) for field, values in both.items()}
    {'kind': ['pdf'], 'tag': ['fares']}
    """
    shared = {field: first[field] & second[field] for field in first.keys() & second.keys()}
    return {**first, **second, **shared}


def admits(filters: DocumentFilters, fields: DocumentFields) -> bool:
    """Whether a document has one of the wanted values in every field, its chunks' language aside.

    >>> admits({"tag": frozenset({"fares"})}, {"tag": frozenset({"fares", "passes"})})
    True
    >>> admits({"tag": frozenset({"fares"}), "kind": frozenset({"pdf"})}, {"tag": frozenset({"fares"})})
    False
    """
    return all(fields.get(field, frozenset()) & wanted for field, wanted in filters.items() if field != LANG)
