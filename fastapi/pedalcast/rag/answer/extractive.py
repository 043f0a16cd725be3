"""An answer without a model: the best sentences of the passages, word for word, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pedalcast.rag.answer.price_row import PriceRow
from pedalcast.rag.answer.worked_sum import WorkedSum
from pedalcast.rag.grounding.citations import Cited, Evidence, cite
from pedalcast.rag.grounding.prompt_injection import is_injected_instruction
from pedalcast.rag.types import Quote


def extractive(quotes: Sequence[Quote], sources: list[Cited], lead: WorkedSum | PriceRow | None = None) -> str:
    """The quotes in the order given, those of one document together with one marker at their end; before them the
    `lead`, a sum or a price out of one of them, whose sentence is quoted too.

    `sources` gains what is cited. Headings are left out, orders to a language model that stand in a document, and what
    was said already. A sentence of several lines, and one that begins a list item, stands on lines of its own.
    """
    chosen = {quote.text: quote for quote in _with_lead(quotes, lead) if _says_something(quote.text)}.values()
    parts = [list(group) for _, group in groupby(chosen, key=lambda quote: quote.passage.document_id)]
    first = "" if lead is None else f"{lead.text} [{_source(lead.quote, sources).number}]\n"
    return first + "\n\n".join(_cited(part, sources) for part in parts)


def _with_lead(quotes: Sequence[Quote], lead: WorkedSum | PriceRow | None) -> list[Quote]:
    """The quotes with the lead's sentence among those of its document, in the document's order."""
    listed = list(quotes)
    if lead is None or any(quote.text == lead.quote.text for quote in listed):
        return listed
    own = [quote for quote in listed if quote.passage.document_id == lead.quote.passage.document_id]
    if not own:
        return listed
    first = listed.index(own[0])
    return [
        *listed[:first],
        *sorted([*own, lead.quote], key=lambda quote: quote.document_span),
        *(quote for quote in listed[first:] if quote not in own),
    ]


def _source(quote: Quote, sources: list[Cited]) -> Cited:
    return cite(sources, Evidence(quote.passage), (quote.start, quote.end))


def _cited(quotes: Sequence[Quote], sources: list[Cited]) -> str:
    """Quotes of one document, with its marker."""
    cited = [_source(quote, sources) for quote in quotes]
    block = any("\n" in quote.text or quote.text[:1] in "-*|>" for quote in quotes)
    return ("\n" if block else " ").join(quote.text for quote in quotes) + f" [{cited[-1].number}]"


def _says_something(text: str) -> bool:
    return not text.startswith("#") and not is_injected_instruction(text)
