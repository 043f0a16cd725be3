"""Words that carry meaning, with their offsets: Kiwi's morphemes for Korean, stems for English.

Questions and chunks go through the same function, so that the same wording always gives the same terms.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from kiwipiepy import Kiwi
from snowballstemmer import stemmer  # type: ignore[import-untyped]

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[가-힣]+|[^\W\d_]+")
_HANGUL = re.compile(r"[가-힣]")
_CARRIERS = ("NN", "NR", "SL", "SN", "SH", "XR", "VV", "VA", "MAG", "MM", "W_", "NP")
_VERBS = ("VV", "VA")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


LIGHT_WORDS = _words(
    "a an the of to in on at by for from with as is are was were be been being am do does did have has had and or",
    "but if that this these those it its their there i you he she we they me my your our his her them us what",
    "which who whom whose when where why how can could will would shall should may might must not no so than then",
    "too very just about into over after before also",
)
_BARE = _words("yes no ok okay test testing please hm hmm um uh well 테스트 저기 저기요 그냥")
_SUBJECT = re.compile(r"[가-힣]+|[^\W\d_]{2,}")
_LIGHT_VERBS = _words("하 되 있 없 이 같 않")
_CALENDAR = _words("년 월 일 세기 년대 시 분")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_COUNTS = _words(
    "two three four five six seven eight nine ten eleven twelve", "hundred thousand million billion half third"
)
_MONTHS = _words(
    "january february march april june july august september october november december century",
    "monday tuesday wednesday thursday friday saturday sunday",
)
_SENTENCE = 400  # characters: up to here an analysis is kept
_lock = Lock()


class TermKind(IntEnum):
    """What a word may answer: a name answers who and where, a date answers when."""

    COMMON = 0
    NAME = 1
    NUMBER = 2
    DATE = 3
    ACTION = 4


class Term(NamedTuple):
    """A word: what it is matched by, where it stands, its morpheme's number in Kiwi's model (-1: none), its kind.

    `light` words (articles, pronouns, auxiliaries, question words) are kept for matching phrases, and left out of the
    index.
    """

    key: str
    start: int
    end: int
    morpheme: int
    kind: TermKind
    light: bool


@cache
def kiwi() -> Kiwi:
    """The one analyser of this process (some 100 MB), on one thread."""
    return Kiwi(num_workers=1)


@cache
def _stemmer() -> object:
    return stemmer("english")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The English stem of a word in lower case."""
    with _lock:
        return str(_stemmer().stemWord(word))  # type: ignore[attr-defined] # the package has no types


@lru_cache(maxsize=200_000)
def number(key: str) -> int:
    """A term's number: 63 bits of its hash, the same in every process, so that no vocabulary has to be kept."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1


def terms(text: str, lang: str) -> list[Term]:
    """The words of a text in `lang`, in order."""
    return _korean(text, 0) if lang == "ko" else _english(text)


def _english(text: str) -> list[Term]:
    collected: list[Term] = []
    for word in _WORD.finditer(text):
        if _HANGUL.match(word.group()):
            collected += _korean(word.group(), word.start())
        else:
            collected.append(_foreign(word.group(), word.start(), word.end()))
    return collected


def _foreign(word: str, start: int, end: int) -> Term:
    plain = word.lower().removesuffix("'s")
    if plain[:1].isdigit():
        plain = plain.replace(",", "")
        return Term(plain, start, end, -1, TermKind.DATE if _YEAR.fullmatch(plain) else TermKind.NUMBER, light=False)
    kind = TermKind.NAME if word[0].isupper() else TermKind.COMMON
    if plain in _COUNTS:
        kind = TermKind.NUMBER
    elif plain in _MONTHS and word[0].isupper():
        kind = TermKind.DATE
    return Term(stem(plain), start, end, -1, kind, light=plain in LIGHT_WORDS)


def _korean(text: str, shift: int) -> list[Term]:
    words = _analysed_again(text) if len(text) <= _SENTENCE else _analysed(text)
    if not shift:
        return list(words)
    return [term._replace(start=term.start + shift, end=term.end + shift) for term in words]


def _analysed(text: str) -> tuple[Term, ...]:
    with _lock:
        tokens = kiwi().tokenize(text)
    collected: list[Term] = []
    for token in tokens:
        if not token.tag.startswith(_CARRIERS):
            continue
        if token.tag == "SL":
            collected.append(_foreign(token.form, token.start, token.end))
        else:
            collected.append(_morpheme(token.form, token.tag, token.start, token.end, token.id))
        if (
            token.form in _CALENDAR
            and len(collected) > 1
            and collected[-2].kind is TermKind.NUMBER
            and collected[-2].end == token.start
        ):
            collected[-2] = collected[-2]._replace(kind=TermKind.DATE)
    return tuple(collected)


# One question meets the same sentences and alternative questions many times, and the next question meets them again.
_analysed_again = lru_cache(maxsize=8_192)(_analysed)


def _morpheme(form: str, tag: str, start: int, end: int, morpheme: int) -> Term:
    key = form.lower().replace(",", "")
    if tag in {"SN", "NR"}:
        return Term(key, start, end, -1 if tag == "SN" else morpheme, TermKind.NUMBER, light=False)
    if tag.startswith(_VERBS):
        return Term(f"{key}/v", start, end, morpheme, TermKind.ACTION, light=form in _LIGHT_VERBS)
    kind = TermKind.NAME if tag == "NNP" else TermKind.COMMON
    return Term(key, start, end, morpheme, kind, light=tag in {"NP", "MM", "NNB"})


def has_subject(question: str) -> bool:
    """Whether a question has a word that a text could be looked up by: no function word, lone letter or bare number.

    >>> has_subject("a no 123?"), has_subject("lights")
    (False, True)
    """
    return any(word.lower() not in LIGHT_WORDS and word.lower() not in _BARE for word in _SUBJECT.findall(question))
