"""An answer without a model: the best sentences of the passages, word for word, each with its source."""

from __future__ import annotations

from collections.abc import Sequence

from pedalcast.rag.grounding.citations import Cited, Evidence, cite
from pedalcast.rag.grounding.prompt_injection import is_injected_instruction
from pedalcast.rag.types import Quote

MOST = 3


def extractive(quotes: Sequence[Quote], sources: list[Cited]) -> str:
    """One to three sentences, best first, each followed by its marker; `sources` gains what is cited.

    Headings are left out, and orders to a language model that stand in a document. A sentence of several lines, and one
    that begins a list item, stands on lines of its own.
    """
    said: list[str] = []
    chosen = [quote for quote in dict.fromkeys(quotes) if _says_something(quote.text)][:MOST]
    for quote in chosen:
        cited = cite(sources, Evidence(quote.passage), (quote.start, quote.end))
        said.append(f"{quote.text} [{cited.number}]")
    block = any("\n" in quote.text or quote.text[:1] in "-*|#>" for quote in chosen)
    return ("\n" if block else " ").join(said)


def _says_something(text: str) -> bool:
    return not text.startswith("#") and not is_injected_instruction(text)
