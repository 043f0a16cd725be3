"""A sentence holds where its source says so: numbers, words, yes or no."""

from __future__ import annotations

import pytest

from pedalcast.rag.grounding.sentence_check import Source, best_span, check_sentence

PASSES = Source(
    "A day pass costs 5,000 won and lasts 24 hours. Each ride may take 60 minutes. "
    "Rides over the limit cost 200 won for every 5 minutes. Passes cannot be given to another person."
)
KOREAN = Source(
    "일일권은 5,000원이며 24시간 동안 쓸 수 있습니다. 한 번에 60분까지 탈 수 있습니다. "
    "반납이 늦으면 5분마다 200원이 부과됩니다. 이용권은 다른 사람에게 양도할 수 없습니다."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The day pass is ₩5000.",
        "A day pass lasts 24 hours and costs 5,000 won.",
        "Going over the limit costs 200 won per 5 minutes.",
        "You cannot give a pass to another person.",
    ],
)
def test_english_that_the_source_bears_out(sentence: str) -> None:
    assert check_sentence(sentence, [PASSES]).ok


@pytest.mark.parametrize(
    "sentence",
    [
        "일일권은 5천 원입니다.",
        "한 번에 1시간까지 탈 수 있어요.",
        "반납이 늦으면 5분마다 200원이 추가로 부과돼요.",
        "이용권은 다른 사람에게 양도할 수 없어요.",
    ],
)
def test_korean_that_the_source_bears_out(sentence: str) -> None:
    assert check_sentence(sentence, [KOREAN]).ok


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("A day pass costs 6,000 won.", "numbers"),
        ("Helmets are lent at every station.", "words"),
        ("Passes can be given to another person.", "negation"),
    ],
)
def test_english_that_it_does_not(sentence: str, reason: str) -> None:
    assert check_sentence(sentence, [PASSES]).reason == reason


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("일일권은 6,000원입니다.", "numbers"),
        ("헬멧은 모든 대여소에서 빌려줍니다.", "words"),
        ("이용권은 다른 사람에게 양도할 수 있습니다.", "negation"),
    ],
)
def test_korean_that_it_does_not(sentence: str, reason: str) -> None:
    assert check_sentence(sentence, [KOREAN]).reason == reason


def test_the_missing_number_is_named() -> None:
    assert check_sentence("A day pass costs 6,000 won.", [PASSES]).numbers == ("6,000 won",)


def test_across_languages_numbers_decide() -> None:
    assert check_sentence("하루 이용권은 5천 원입니다.", [PASSES]).ok
    assert not check_sentence("하루 이용권은 6천 원입니다.", [PASSES]).ok


def test_two_sources_may_bear_out_a_sentence_together() -> None:
    helmets = Source("Helmets are not included.")
    sentence = "A day pass costs 5,000 won and helmets are not included."
    assert not check_sentence(sentence, [helmets]).ok
    assert check_sentence(sentence, [PASSES, helmets]).ok


def test_a_negated_source_does_not_bear_out_the_plain_statement_whatever_else_it_says() -> None:
    assert not check_sentence("Helmets are included.", [Source("Helmets are not included.")]).ok


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("A day pass is 5,000 won.", "A day pass costs 5,000 won and lasts 24 hours."),
        ("It is 200 won for 5 minutes more.", "Rides over the limit cost 200 won for every 5 minutes."),
    ],
)
def test_the_quoted_sentence_is_the_nearest_one(sentence: str, quoted: str) -> None:
    start, end = best_span(sentence, PASSES)
    assert PASSES.text[start:end] == quoted


def test_across_languages_the_quote_has_the_same_numbers() -> None:
    start, end = best_span("늦으면 5분에 200원이 붙습니다.", PASSES)
    assert PASSES.text[start:end].startswith("Rides over the limit")
