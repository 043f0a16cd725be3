"""Riders' words in place of which the texts' own are searched for."""

from __future__ import annotations

import pytest

from pedalcast.rag.text.everyday_words import plain_words


@pytest.mark.parametrize(
    ("question", "lang", "texts", "plain"),
    [
        ("어플이 자꾸 꺼져요", "ko", {"앱"}, "앱이 자꾸 꺼져요"),
        ("비번 까먹음", "ko", {"비밀번호", "잊"}, "비밀번호 잊음"),
        ("where do i hand it back", "en", {"return it"}, "where do i return it"),
        ("soft tires on the sidewalk", "en", {"tyre", "pavement"}, "soft tyre on the pavement"),
        ("shire horses", "en", {"rent"}, "shire horses"),
    ],
)
def test_everyday_words_become_those_of_the_texts(question: str, lang: str, texts: set[str], plain: str) -> None:
    assert plain_words(question, lang, texts.__contains__) == plain


@pytest.mark.parametrize("texts", [set(), {"어플", "앱"}])
def test_a_word_stays_where_the_texts_have_it_or_lack_the_other(texts: set[str]) -> None:
    assert plain_words("어플이 자꾸 꺼져요", "ko", texts.__contains__) == "어플이 자꾸 꺼져요"
