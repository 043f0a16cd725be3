"""The row of a tariff that a question asks for."""

from __future__ import annotations

import pytest

from pedalcast.rag.answer.price_row import price_row
from pedalcast.rag.types import Passage, Quote

KO = [
    "60분 단일권의 요금은 1,000원입니다.", "120분 단일권의 요금은 2,000원입니다.", "일일권의 요금은 5,000원입니다.",
    "정기권 요금은 30일권 7,000원, 180일권 20,000원, 365일권 35,000원입니다.",
    "60분 전기자전거 단일권의 요금은 2,500원입니다.",
]  # fmt: skip
EN = [
    "A single pass for 60 minutes costs 1,000 won.", "A single pass for 120 minutes costs 2,000 won.",
    "A day pass costs 5,000 won.",
    "A season pass costs 7,000 won for 30 days, 20,000 won for 180 days and 35,000 won for 365 days.",
    "An e-bike single pass for 60 minutes costs 2,500 won.",
]  # fmt: skip


def quotes(texts: list[str], lang: str) -> list[Quote]:
    return [Quote(Passage("c", "passes", "Passes", None, None, lang, text, 0, len(text), "help", 1.0), 0, len(text),
                  text, 1.0) for text in texts]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("한달짜리 끊으면 얼마임", "30일: 7,000원."),
        ("6개월 가격", "180일: 20,000원."),
        ("반년 끊으면 얼마예요", "180일: 20,000원."),
        ("일년치 가격 알려줘", "365일: 35,000원."),
        ("두시간짜리 얼마", "120분: 2,000원."),
        ("한 시간 얼마예요", "60분: 1,000원."),
        ("하루종일 타는거 얼마냐", "일일권: 5,000원."),
        ("전기자전거 한시간 얼마", "60분: 2,500원."),
    ],
)
def test_korean_rows(question: str, row: str) -> None:
    found = price_row(question, quotes(KO, "ko"), "ko")
    assert found is not None
    assert found.text == row
    assert found.text.split(": ")[1].rstrip(".") in found.quote.text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("how much is the annual pass", "365 days: 35,000 won."),
        ("how much for six months", "180 days: 20,000 won."),
        ("monthly ticket price", "30 days: 7,000 won."),
        ("how much for 2 hours", "120 minutes: 2,000 won."),
        ("what's the price for one day", "Day pass: 5,000 won."),
        ("how much is an hour on the electric one", "60 minutes: 2,500 won."),
    ],
)
def test_english_rows(question: str, row: str) -> None:
    found = price_row(question, quotes(EN, "en"), "en")
    assert found is not None
    assert found.text == row


@pytest.mark.parametrize(
    "question", ["is there a monthly", "how much", "month or year, how much", "an hour late, how much"]
)
def test_no_row_where_none_is_asked_for(question: str) -> None:
    assert price_row(question, quotes(EN, "en"), "en") is None
