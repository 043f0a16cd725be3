"""Sums that a question asks for, by the tariff that is quoted."""

from __future__ import annotations

import pytest

from pedalcast.rag.answer.extractive import extractive
from pedalcast.rag.answer.worked_sum import worked_sum
from pedalcast.rag.grounding.citations import Cited
from pedalcast.rag.types import Passage, Quote

KO = "초과 요금은 5분마다 200원입니다."
EN = "The extra charge is 200 won for every 5 minutes."


def quote(text: str) -> Quote:
    lang = "ko" if text == KO else "en"
    passage = Passage("c", "late", "Late", None, None, lang, text, 0, len(text), "help", 1.0)
    return Quote(passage, 0, len(text), text, 1.0)


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("30분 늦으면 얼마예요", "6 × 200원 = 1,200원"),
        ("한시간권인데 10분 늦으면 얼마 더내?", "2 × 200원 = 400원"),
        ("2시간 초과했어요", "24 × 200원 = 4,800원"),
        ("한 시간 반 늦었는데 얼마", "18 × 200원 = 3,600원"),
        ("3분 넘겼는데 돈 받아요?", "1 × 200원 = 200원"),
        ("1시간 20분 정도 늦었어요", "16 × 200원 = 3,200원"),
    ],
)
def test_korean_sums(question: str, total: str) -> None:
    worked = worked_sum(question, [quote(KO)], "ko")
    assert worked is not None
    assert total in worked.text


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("im 20 min over, how bad is it", "4 × 200 won = 800 won"),
        ("what do i owe, half an hour late", "6 × 200 won = 1,200 won"),
        ("Late by 7 minutes, what now?", "2 × 200 won = 400 won"),
        ("two hours late", "24 × 200 won = 4,800 won"),
        ("an hour and a half over", "18 × 200 won = 3,600 won"),
    ],
)
def test_english_sums(question: str, total: str) -> None:
    worked = worked_sum(question, [quote(EN)], "en")
    assert worked is not None
    assert total in worked.text


@pytest.mark.parametrize("question", ["how much is 30 minutes", "한시간권 얼마", "I was late", "3 days late"])
def test_no_sum_without_a_time_that_it_is_late_by(question: str) -> None:
    assert worked_sum(question, [quote(EN), quote(KO)], "en") is None


def test_no_sum_without_a_tariff() -> None:
    assert worked_sum("30분 늦으면?", [quote("A bell is on every bike.")], "ko") is None


def test_the_sum_stands_first_and_cites_its_tariff() -> None:
    sources: list[Cited] = []
    text = extractive([quote(KO)], sources, worked_sum("10분 늦으면?", [quote(KO)], "ko"))
    assert text == "10분 늦으면 초과 요금은 2 × 200원 = 400원입니다. [1]\n초과 요금은 5분마다 200원입니다. [1]"
    assert len(sources) == 1


@pytest.mark.parametrize(
    ("question", "lang", "cap", "said"),
    [
        ("10시간 늦으면 얼마?", "ko", "대여 한 번의 초과 요금은 최대 20,000원입니다.", "상한인 20,000원"),
        ("10 minutes late", "en", "The extra charge of one rental is never more than 20,000 won.", "400 won"),
        ("12 hours late", "en", "The extra charge of one rental is never more than 20,000 won.", "charge, 20,000 won"),
    ],
)
def test_no_sum_exceeds_the_highest_charge(question: str, lang: str, cap: str, said: str) -> None:
    worked = worked_sum(question, [quote(KO if lang == "ko" else EN), quote(cap)], lang)
    assert worked is not None
    assert said in worked.text


def test_the_sentence_that_has_the_tariff_is_quoted() -> None:
    other = "기본 대여 시간을 넘기면 초과 요금이 붙습니다."
    text = extractive([quote(other)], [], worked_sum("10분 늦으면?", [quote(KO)], "ko"))
    assert other in text
    assert "5분마다 200원입니다." in text
