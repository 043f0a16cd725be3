"""Words that riders use for what the texts call otherwise: the texts' word is searched for in their place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pedalcast.rag.text.linear_regex import linear

_WORDS = {
    "ko": (
        (r"빵꾸", "펑크"),
        (r"비번|패스워드", "비밀번호"),
        (r"헬멧|헬맷", "안전모"),
        (r"핸드폰|핸폰|스마트폰", "휴대폰"),
        (r"어플", "앱"),
        (r"밧데리|빳데리", "배터리"),
        (r"큐알", "QR"),
        (r"까먹", "잊"),
        (r"환급", "환불"),
        (r"의자", "안장"),
        (r"파킹", "주차"),
        (r"라이트", "전조등"),
        (r"강아지|고양이|댕댕이|반려견", "반려동물"),
        (r"워크샵", "워크숍"),
    ),
    "en": (
        (r"(?:bring|take|give|hand|put) (?:it|the bike|them|this) back", "return it"),
        (r"(?:bring|take|give|hand|put) back (?:the bike|a bike|my bike)", "return the bike"),
        (r"tires?", "tyre"),
        (r"sidewalks?", "pavement"),
        (r"(?:pass ?word|passwrd|pasword|pwd?|pw)", "password"),
        (r"cell ?phones?|cells?|smartphones?", "phone"),
        (r"(?:a )?(?:human|real person|live person|someone real)", "customer service"),
        (r"hire", "rent"),
        (r"lamps?", "lights"),
        (r"dogs?|cats?|pupp(?:y|ies)", "pet"),
    ),
}
_PATTERNS = {
    lang: tuple(
        (linear(rf"\b(?:{pattern})\b" if lang == "en" else rf"(?:{pattern})", ignore_case=True), word)
        for pattern, word in words
    )
    for lang, words in _WORDS.items()
}


def plain_words(question: str, lang: str, has_word: Callable[[str], bool]) -> str:
    """The question with everyday words replaced, each only where the bot's texts have the other word and not this one.

    A phrase of several words is replaced wherever the texts have the other: each of its words may stand in them.

    >>> plain_words("is the tire flat?", "en", lambda word: word == "tyre")
    'is the tyre flat?'
    """
    for pattern, word in _PATTERNS.get(lang, ()):
        match = pattern.search(question)
        if match is None or match.group().lower() == word.lower() or not has_word(word):
            continue
        if " " in match.group() or not has_word(match.group()):
            question = pattern.sub(partial(_replacement, word), question)
    return question


def _replacement(word: str, _: object) -> str:
    """A function, as RE2's binding garbles a replacement text that is not ASCII."""
    return word
