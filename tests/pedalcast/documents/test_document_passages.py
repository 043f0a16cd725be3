"""Quotes found in texts, and headings, in time that grows with the text alone."""

from __future__ import annotations

import re
import time

import pytest

from pedalcast.documents.document_passages import _headings, _span

TEXT = "  The bell\n\n of a  tandem\trings.\nThe bell of a tandem rings.\n"


@pytest.mark.parametrize("quote", ["The bell of a tandem", "bell   of\na", "rings.", "T", "tandem rings. The", "g"])
@pytest.mark.parametrize("within", [None, (0, 8), (30, len(TEXT)), (5, 25)])
def test_a_quote_is_found_where_its_words_stand(quote: str, within: tuple[int, int] | None) -> None:
    words = re.compile(r"\s+".join(map(re.escape, quote.split())))
    match = (within and words.search(TEXT, *within)) or words.search(TEXT)
    assert match is not None
    assert _span(TEXT, quote, within) == match.span()


@pytest.mark.parametrize("quote", ["", " \n", "The bell of a bicycle", "tandemrings"])
def test_a_quote_that_is_not_there(quote: str) -> None:
    assert _span(TEXT, quote, None) is None


def test_headings_are_without_their_signs() -> None:
    text = "# One\n## Two ##\n####### seven\n#none\n### \nx # y\n#  C#  \n"
    assert _headings(text) == ["One", "Two", "C"]


def test_neither_a_quote_nor_a_heading_keeps_a_request_long() -> None:
    began = time.monotonic()
    assert _span("a " * 2_000_000, "a " * 1900 + "b", None) is None
    assert _headings("# a" + "#" * 20_000 + "x\n# a" + " " * 20_000 + "x")[0].endswith("x")
    assert time.monotonic() - began < 10  # by a search that goes back and forth it is more than half a minute
