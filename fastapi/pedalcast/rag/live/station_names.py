"""Station names cut into the words people say, in both languages, and spelt so that near misses are near."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_NUMBERED = re.compile(r"^\s{0,4}(\d{1,5})\s{0,2}[.)]\s{0,4}")
_POSITION_WORDS = "앞 옆 뒤 내 안 밖 건너편 맞은편 부근 근처 방면 방향 쪽 the at of and behind opposite near"
_KIND_WORDS = """
station stn st street ave avenue rd road blvd exit gate main park market tower center centre building university
library school bridge square plaza entrance village complex hall path public back front elementary community sports
parking lot transfer stream riverside north south east west city new old service
역 공원 정문 후문 입구 출구 사거리 교차로 아파트 빌딩 타워 마을 시장 주민센터 도서관 주차장
대학교 초등학교 중학교 고등학교
"""
GENERIC = frozenset(_KIND_WORDS.split())
# English words of any sentence: alone they name no station, though one may be called "I Street" or "How Lane".
_FUNCTION_WORDS = (
    "a an the i me my we us our you your he she it its they them their this that these those there here "
    "do does did done be am is are was were been can could may might must shall should will would have has had "
    "what when where which who why how and or but if so as at by for from in into of off on out over to up with "
    "not no yes any all some many much more most get need want use take go ok please now then than too very just"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_WHERE = frozenset(_POSITION_WORDS.split())
_JOINED = re.compile(r"(?<=[A-Za-z])\s+(?=\d)")
_SPACED_EXIT = re.compile(r"(\d)\s?번\s?(출구|게이트)")

# In the order of Unicode's Hangul syllables; "-" is silent.
_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h"
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_FINALS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
_LATIN = tuple(tuple(row.replace("-", "").split(" ")) for row in (_INITIALS, _VOWELS, _FINALS))


def number_of(name: str) -> str | None:
    """The number some cities put before a name: "102" of "102. 망원역 1번출구 앞"."""
    found = _NUMBERED.match(name)
    return found[1] if found else None


def bare(name: str) -> str:
    """The name without its number."""
    return _NUMBERED.sub("", name).strip()


def plain(text: str) -> str:
    """One spelling: NFKC, lower case, "1번 출구" and "Exit 1" in one piece, punctuation as spaces."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _SPACED_EXIT.sub(r"\1번\2", text)
    return re.sub(r"[^\w\s]|_", " ", _JOINED.sub("", text))


def words(name: str) -> list[str]:
    """The words of a name that tell it from others, its number and "in front of" left out."""
    return [word for word in plain(bare(name)).split() if word not in _WHERE]


def jamo(text: str) -> str:
    """Hangul syllables as letters, so that one wrong vowel is one wrong letter."""
    return unicodedata.normalize("NFD", text)


def is_hangul(text: str) -> bool:
    return any("가" <= char <= "힣" for char in text)


def romanised(word: str) -> str:
    """A Korean word in Latin letters, syllable by syllable (Revised Romanization without its sound changes)."""
    return "".join(_letters(word.removesuffix("역")))


def _letters(word: str) -> Iterator[str]:
    for char in word:
        if not "가" <= char <= "힣":
            yield char
            continue
        index = ord(char) - ord("가")
        places = (index // 588, index % 588 // 28, index % 28)
        yield "".join(row[place] for row, place in zip(_LATIN, places, strict=True))
