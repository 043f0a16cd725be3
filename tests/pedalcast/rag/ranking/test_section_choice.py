"""The section of an article that is quoted, and what a paraphrase that names one does for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document

TEXT = """Passes are sold in the app.

## Receipts
Receipts can be downloaded under My account.

## Unpaid fees
A fee that could not be taken is tried again for three days.
"""
ODD = "proof for the taxman"


@pytest.fixture
def retrieval(tmp_path: Path) -> Iterator[RetrievalPipeline]:
    opened = RetrievalPipeline(RagConfig(data_dir=tmp_path, leg_timeout=60.0))
    yield opened
    opened.close()


def quoted(retrieval: RetrievalPipeline, question: str) -> list[str]:
    passages = retrieval.search(question, lang="en").passages
    return [quote.text for quote in retrieval.section_quotes(question, passages)]


def test_a_paraphrase_speaks_for_the_section_it_names(retrieval: RetrievalPipeline) -> None:
    for heading, sentence in (
        ("Receipts", "Receipts can be downloaded under My account."),
        ("Unpaid fees", "A fee that could not be taken is tried again for three days."),
    ):
        retrieval.ingest(
            [Document("pay", "Paying", TEXT, "en", paraphrases=(ODD,), paraphrase_sections={ODD: heading})]
        )
        assert quoted(retrieval, ODD) == ["Passes are sold in the app.", sentence]


def test_a_paraphrase_is_never_quoted(retrieval: RetrievalPipeline) -> None:
    sections = {ODD: "Receipts"}
    retrieval.ingest([Document("pay", "Paying", TEXT, "en", paraphrases=(ODD,), paraphrase_sections=sections)])
    assert ODD not in quoted(retrieval, ODD)


def test_what_the_opening_says_is_not_said_again(retrieval: RetrievalPipeline) -> None:
    text = """Passes are sold in the app, and a day pass costs 5,000 won.

## Day pass
A day pass costs 5,000 won. It lasts 24 hours.
"""
    retrieval.ingest([Document("pay", "Paying", text, "en")])
    assert quoted(retrieval, "how much is a day pass") == [
        "Passes are sold in the app, and a day pass costs 5,000 won.",
        "It lasts 24 hours.",
    ]
