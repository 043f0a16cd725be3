"""The language of a question is its sentence's, not that of the names in it."""

from __future__ import annotations

import pytest

from pedalcast.rag.routing.question_language import question_language


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("How many bikes are at 은별역 1번출구?", "en"),
        ("Is there a bike at 망원역 now?", "en"),
        ("Can I return a bike near 서울숲 관리사무소?", "en"),
        ("day pass 얼마예요?", "ko"),
        ("refund 어떻게 받아요?", "ko"),
        ("e-bike 있어?", "ko"),
        ("Mangwon Stn. Exit 1에 몇 대 있어?", "ko"),
        ("How do I rent a bike?", "en"),
        ("자전거를 어떻게 빌려요?", "ko"),
    ],
)
def test_is_told_by_the_sentence(question: str, lang: str) -> None:
    assert question_language(question) == lang
