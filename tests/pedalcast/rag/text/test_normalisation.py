"""One spelling for questions and documents."""

from __future__ import annotations

import unicodedata

import pytest

from pedalcast.rag.routing.question_language import question_language
from pedalcast.rag.text.normalisation import composed, has_words, plain_question


class TestSpelling:
    def test_decomposed_letters_are_composed(self) -> None:
        assert plain_question(unicodedata.normalize("NFD", "헬멧을 꼭 써야 하나요?")) == "헬멧을 꼭 써야 하나요?"
        assert composed(unicodedata.normalize("NFD", "대여소")) == "대여소"

    @pytest.mark.parametrize(
        ("written", "plain"),
        [("１０２번　대여소", "102번 대여소"), ("a \n\t b", "a b"), ("못꽂아요ㅠㅠ", "못꽂아요ㅠㅠ")],
    )
    def test_forms_and_spaces(self, written: str, plain: str) -> None:
        assert plain_question(written) == plain

    @pytest.mark.parametrize(
        ("text", "asks"), [("???", False), ("👍", False), ("...", False), ("ㅠㅠ", False), ("헬멧", True), ("5", True)]
    )
    def test_something_to_look_for(self, text: str, asks: bool) -> None:
        assert has_words(text) is asks


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "lang"),
        [
            ("How many bikes are at 은별역 1번출구?", "en"),
            ("day pass 얼마예요?", "ko"),
            ("is there a bike at 가온타워", "en"),
            ("은별역 bike 있어?", "ko"),
            ("자전거", "ko"),
            ("How do I rent a bike?", "en"),
        ],
    )
    def test_of_the_sentence_without_its_names(self, text: str, lang: str) -> None:
        assert question_language(text) == lang
