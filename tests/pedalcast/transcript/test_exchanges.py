"""The transcript opens every citation and tells which do not hold."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pedalcast.transcript.exchanges import Exchange, exchanges, markdown
from pedalcast.transcript.questions import QUESTIONS, TranscriptQuestion
from tests.pedalcast.chat.network import closed_network


def test_there_are_twenty_questions_in_both_languages() -> None:
    korean = [asked for asked in QUESTIONS if any("가" <= char <= "힣" for char in asked.text)]
    assert len(QUESTIONS) == len({asked.text for asked in QUESTIONS}) == 20
    assert 8 <= len(korean) <= 14


def test_a_quote_that_does_not_hold_is_told() -> None:
    source = {"n": 1, "title": "Passes", "chunk_id": "c", "observed_at": None}
    metadata = {"rewritten": None, "rag_type": "documents", "answered_by": "model"}
    answer = {"answer": "It is free [1].", "sources": [source], "metadata": metadata}
    page = markdown([Exchange("How much?", answer, [(1, "It is free.", False)])])
    assert "Quotes: 1, of which 0 hold." in page
    assert "- DOES NOT HOLD: “It is free.”" in page


def test_a_service_of_its_own_is_asked_and_its_citations_hold(tmp_path: Path) -> None:
    questions = (
        TranscriptQuestion("101번 대여소에 지금 자전거 몇 대 있어?"),
        TranscriptQuestion("30분 뒤에는?", follows=True),
        TranscriptQuestion("How do I rent a bike?"),
    )
    with closed_network() as tried:
        told = asyncio.run(exchanges(tmp_path, questions))
        assert tried == []
    assert [exchange.answer["metadata"]["rag_type"] for exchange in told] == ["live", "live", "documents"]
    assert all(exchange.opened for exchange in told)
    assert all(holds for exchange in told for _, _, holds in exchange.opened)
