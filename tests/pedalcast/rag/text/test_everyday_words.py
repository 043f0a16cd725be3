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
        ("따릉이 일일권 요금?", "ko", {"자전거", "따릉이"}, "자전거 일일권 요금?"),
        ("따릉이 데이터는 어디서 와?", "ko", {"자전거", "따릉이"}, "따릉이 데이터는 어디서 와?"),
        ("late fine", "en", {"extra charge for a late return"}, "extra charge for a late return"),
    ],
)
def test_everyday_words_become_those_of_the_texts(question: str, lang: str, texts: set[str], plain: str) -> None:
    assert plain_words(question, lang, texts.__contains__) == plain


@pytest.mark.parametrize(
    ("question", "lang", "texts", "plain"),
    [
        ("day pass 얼마예요?", "ko", {"하루권"}, "하루권 얼마예요?"),
        ("day pass 얼마예요?", "ko", {"일일권"}, "일일권 얼마예요?"),
        ("app이 안 열려요", "ko", {"앱"}, "앱이 안 열려요"),
        ("헬멧 mandatory인가요", "ko", {"안전모", "의무"}, "안전모 의무인가요"),
        ("QR 코드가 안 읽혀요", "ko", {"QR"}, "QR 코드가 안 읽혀요"),
        ("how much is 하루권?", "en", {"day pass"}, "how much is  day pass ?"),
        ("can I 반납 at another 대여소에서?", "en", {"return", "station"}, "can I  return  at another  station ?"),
        ("how do I get to 반납동?", "en", set(), "how do I get to 반납동?"),
        ("what is 추가요금", "en", {"extra charge", "price"}, "what is  extra charge "),
        ("app crash 나면", "ko", {"앱", "튕기"}, "앱 튕기 나면"),
        ("is the appendix free", "ko", {"앱"}, "is the appendix free"),
    ],
)
def test_words_of_the_other_language_become_those_of_the_texts(
    question: str, lang: str, texts: set[str], plain: str
) -> None:
    assert plain_words(question, lang, texts.__contains__) == plain


def test_a_word_of_the_other_language_stays_where_the_texts_have_it() -> None:
    assert plain_words("app이 안 열려요", "ko", {"app", "앱"}.__contains__) == "app이 안 열려요"


@pytest.mark.parametrize("texts", [set(), {"어플", "앱"}])
def test_a_word_stays_where_the_texts_have_it_or_lack_the_other(texts: set[str]) -> None:
    assert plain_words("어플이 자꾸 꺼져요", "ko", texts.__contains__) == "어플이 자꾸 꺼져요"
