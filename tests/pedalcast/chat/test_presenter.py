"""Where a source's address leads, and which passages it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from pedalcast.chat.presenter import MOST_QUOTED, source
from pedalcast.rag.grounding.citations import Cited, Evidence
from pedalcast.rag.types import Passage

NOW = datetime(2026, 11, 27, tzinfo=UTC)
TEXT = "종은 & 벨 = 100%? #1. " + "긴 문장 " * 200


def _cited(url: str | None, *quotes: tuple[int, int]) -> Cited:
    evidence = Evidence(Passage("c&1", "d", "Bells", url, 2, "ko", TEXT, 0, len(TEXT), "b", 1.0))
    return Cited(1, evidence, [(evidence, start, end) for start, end in quotes])


def test_an_uploaded_document_is_opened_at_its_quote() -> None:
    opened = urlsplit(source(_cited("/api/v1/documents/0f", (0, 17), (18, 20)), NOW).url or "")
    assert (opened.scheme, opened.netloc, opened.path, opened.fragment) == ("", "", "/api/v1/documents/0f/passage", "")
    assert parse_qs(opened.query) == {"chunk_id": ["c&1"], "quote": [TEXT[:17]]}


def test_a_long_quote_is_cut_and_one_without_names_its_chunk() -> None:
    query = parse_qs(urlsplit(source(_cited("/api/v1/documents/0f", (0, len(TEXT))), NOW).url or "").query)
    assert query["quote"] == [TEXT[:MOST_QUOTED]]
    assert source(_cited("/api/v1/documents/0f"), NOW).url == "/api/v1/documents/0f/passage?chunk_id=c%261"


@pytest.mark.parametrize("url", [None, "/help/rent", "https://example.org/api/v1/documents/0f"])
def test_other_sources_keep_their_address(url: str | None) -> None:
    assert source(_cited(url, (0, 17)), NOW).url == url


def test_each_quoted_passage_of_a_document_is_shown_with_its_own_address() -> None:
    def evidence(chunk: str, text: str, page: int) -> Evidence:
        place = page * 1000
        return Evidence(
            Passage(chunk, "d", "Bells", "/api/v1/documents/0f", page, "ko", text, place, place + 9, "b", 1.0)
        )

    first, second = evidence("c1", "One. Two.", 1), evidence("c2", "Six. Ten.", 7)
    shown = source(Cited(1, first, [(first, 5, 9), (second, 0, 4), (second, 5, 9)]), NOW)
    assert (shown.chunk_id, shown.content, shown.page) == ("c1", "One. Two.", 1)
    assert [(quote.text, quote.chunk_id, quote.start) for quote in shown.quotes] == [
        ("Two.", "c1", 1005), ("Six.", "c2", 7000), ("Ten.", "c2", 7005)
    ]  # fmt: skip
    (further,) = shown.further
    assert (further.chunk_id, further.content, further.page, further.start) == ("c2", "Six. Ten.", 7, 7000)
    assert parse_qs(urlsplit(further.url or "").query) == {"chunk_id": ["c2"], "quote": ["Six."]}


def test_the_address_of_a_source_quotes_its_own_passage() -> None:
    one = _cited("/api/v1/documents/0f").evidence
    other = Evidence(replace(one.passage, chunk_id="c2", text="Elsewhere."))
    shown = source(Cited(1, one, [(other, 0, 9), (one, 0, 17)]), NOW)
    assert parse_qs(urlsplit(shown.url or "").query) == {"chunk_id": ["c&1"], "quote": [TEXT[:17]]}
