"""Times as people say them, written in figures: "ten past five" as 5:10, "an hour and a half" as 90 minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import ENGLISH, KOREAN

_ENGLISH = {word: int(number) for word, number in ENGLISH.items() if number < 60}
_HOURS = {word: number for word, number in _ENGLISH.items() if 1 <= number <= 12 and word not in {"a", "an"}}
_NUMBERS = _ENGLISH | {
    f"{tens}{joint}{ones}": _ENGLISH[tens] + number
    for tens in ("twenty", "thirty", "forty", "fifty")
    for ones, number in _HOURS.items()
    if number < 10
    for joint in ("-", " ")
}
_HOURS_KO = {
    word: int(number)
    for word, number in KOREAN.items()
    if 1 <= number <= 12 and word not in {"하나", "둘", "셋", "넷"}  # as they stand before no noun
}
_ABOUT_KO = {"한두": 2, "두어": 2, "두세": 3, "서너": 4, "네댓": 5}
_DAYS_KO = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "일주일": 7, "한 주": 7}
_SINO = "일이삼사오육칠팔구"


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = rf"(\d{{1,2}}|{_any_of(_NUMBERS)})"
_HOUR = rf"(\d{{1,2}}|{_any_of(_HOURS)})"
_SPOKEN_HOUR = rf"({_any_of(_HOURS)})"
_MINUTE_WORD = r"(five|ten|fifteen|twenty(?:[- ]five)?|thirty(?:[- ]five)?|forty(?:[- ]five)?|fifty(?:[- ]five)?)"
_AFTER_A_TIME = (  # what may follow an hour that is no number of something: "at 5 Main Street" is a place
    r"(\s*$|\s*[?!,.;)]|\s+(?:today|tonight|tomorrow|this|in|on|will|is|are|am|there|for|from|to|and|or|near|when|if|so"
    r"|i|we|you|please|how|which|can|could|do|does|any|would|should|at|sharp)\b)"
)
_HALF_DAY = r"(?:\s*([ap])\.?\s?m\b\.?)?"

_MORNING = linear(r"아침|오전|새벽|\bmorning\b", ignore_case=True)
_EVENING = linear(r"저녁|오후|밤|\b(?:tonight|night|evening|afternoon)\b", ignore_case=True)
_WEEKDAYS = tuple(
    linear(rf"{korean}요일|\b{english}days?\b", ignore_case=True)
    for korean, english in zip("월화수목금토일", ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"), strict=True)
)

_Replacement = Callable[[re.Match[str]], str]


def in_figures(question: str) -> str:
    """The question with spoken durations as "N minutes" (or "N일", "N days" for days) and times of day as "H:MM".

    >>> in_figures("bikes at ten past five?")
    'bikes at 5:10 ?'
    >>> in_figures("두어 시간 뒤")
    '120분 뒤'
    """
    for pattern, replacement in _RULES:
        question = pattern.sub(replacement, question)
    return question


def half_of_day(question: str) -> Literal["am", "pm"] | None:
    """The half of the day that a word anywhere in the question tells: "this evening at 7"; None without one."""
    if _EVENING.search(question):
        return "pm"
    return "am" if _MORNING.search(question) else None


def weekdays(question: str) -> list[int]:
    """The days of the week that it names, Monday 0.

    >>> weekdays("월요일이나 화요일")
    [0, 1]
    """
    return [day for day, pattern in enumerate(_WEEKDAYS) if pattern.search(question)]


def _of(text: str) -> int:
    return int(text) if text.isdigit() else (_NUMBERS | _HOURS_KO | _ABOUT_KO)[text.lower()]


def _minutes(minutes: int) -> str:
    return f" {minutes} minutes "


def _clock(hour: int, minute: int, half: str | None = None) -> str:
    at = hour * 60 + minute
    shown = f" {at // 60 % 24}:{at % 60:02}"
    return f"{shown} {half.lower()}m " if half else f"{shown} "


def _before_or_after(minutes: str, direction: str, hour: str, rest: str = "") -> str:
    named = {"half": 30, "quarter": 15}
    shift = named.get(minutes.lower()) or _of(minutes)
    whole = _of(hour) % 12 or 12
    at = whole * 60 + (shift if direction.lower() in {"past", "after"} else -shift)
    return f" {(at // 60 - 1) % 12 + 1}:{at % 60:02} {rest.strip()}".rstrip() + (" " if rest.strip() else "")


def _at_hour(match: re.Match[str]) -> str:
    hour = _of(match[2])
    minute = int(match[3]) if match[3] else _of(match[4]) if match[4] else 0
    if hour > 24 or minute > 59:
        return match[0]
    return f"{match[1]}{_clock(hour, minute, match[5])}{match[6].lstrip()}"


def _hours_and_minutes(match: re.Match[str]) -> str:
    return _minutes(_of(match[1]) * 60 + int(match[2] or 0))


def _sino(text: str) -> int:
    tens, found, ones = text.rpartition("십")
    value = (_SINO.find(tens) + 1 or 1) * 10 if found else 0
    return value + (_SINO.find(ones) + 1 if ones else 0)


_RULES: tuple[tuple[re.Pattern[str], _Replacement], ...] = tuple(
    (linear(pattern, ignore_case=True), replacement)
    for pattern, replacement in (
        (r"\bmidnight\b|자정|(?:밤|오늘 밤|한밤)\s*(?:12|열두)\s*시", lambda _: " midnight "),
        (r"\bnoon\b|\bmidday\b|정오|(?:한낮|낮)\s*(?:12|열두)\s*시", lambda _: " noon "),
        # durations
        (r"\bthree[- ]quarters of an hour\b", lambda _: "45 minutes"),
        (r"\b(?:a )?quarter (?:of an )?hour\b", lambda _: "15 minutes"),
        (r"\bhalf an? hour\b|\bhalf hour\b", lambda _: "30 minutes"),
        (r"\ba (?:couple|pair) (?:of )?(minutes?|mins?|hours?|days?)\b", lambda match: f"2 {match[1]}"),
        (rf"\b{_NUMBER} hours? and a half\b", lambda match: _minutes(_of(match[1]) * 60 + 30)),
        (rf"\b{_NUMBER} and a half hours?\b", lambda match: _minutes(_of(match[1]) * 60 + 30)),
        (r"\b(\d{1,2})\s*(?:½|1/2|1⁄2)\s*hours?\b", lambda match: _minutes(int(match[1]) * 60 + 30)),
        (r"\b(at|by|before|until|till|around)\s+(\d{1,2})\s?h\s?([0-5]\d)?()()(\b)", _at_hour),
        (r"\b(\d{1,2})\s?h(?:ours?|rs?)?\s?([0-5]?\d)\s?(?:m|mins?|minutes?)?\b", _hours_and_minutes),
        (rf"\b{_NUMBER} (days?|hours?|minutes?|mins?)\b", lambda match: f"{_of(match[1])} {match[2]}"),
        (rf"({_any_of(_HOURS_KO)}|\d{{1,2}})\s*시간\s*반", lambda match: f"{_of(match[1]) * 60 + 30}분"),
        (rf"({_any_of(_ABOUT_KO)})\s*시간", lambda match: f"{_of(match[1]) * 60}분"),
        (rf"({_any_of(_HOURS_KO)})\s*분\s*(뒤|후|이따|있다)", lambda match: f"{_of(match[1])}분 {match[2]}"),
        (rf"({_any_of(_HOURS_KO)})\s*분(이|께|의|\s|,|$)", lambda match: f"{_of(match[1])}명{match[2]}"),  # people
        (r"(일이|이삼|삼사|사오)\s*분\s*(뒤|후|이따|있다|안|내|쯤|정도|전)",
         lambda match: f"{_sino(match[1][1])}분 {match[2]}"),
        (rf"([{_SINO}]?십[{_SINO}]?)\s*분", lambda match: f"{_sino(match[1])}분"),
        (rf"(^|\s|시)([{_SINO}])\s*분\s*(뒤|후|이따|있다|안에|내로|쯤|정도|전|에)",
         lambda match: f"{match[1]}{_sino(match[2])}분 {match[3]}"),
        (rf"({'|'.join(_DAYS_KO)})\s*(?:쯤\s*)?(뒤|후|있다가|전)", lambda match: f"{_DAYS_KO[match[1]]}일 {match[2]}"),
        # times of day
        (rf"\b(half|quarter) (past|to) {_HOUR}\b",
         lambda match: _before_or_after(match[1], match[2], match[3])),
        (rf"\b{_NUMBER} (?:minutes? )?(past|after) {_SPOKEN_HOUR}\b",
         lambda match: _before_or_after(match[1], match[2], match[3])),
        (rf"\b{_NUMBER} (?:minutes? )?(past) (\d{{1,2}})\b",
         lambda match: _before_or_after(match[1], match[2], match[3])),
        (rf"\b(five|ten|twenty|twenty[- ]five|5|10|20|25) (?:minutes? )?(to|till) {_SPOKEN_HOUR}{_AFTER_A_TIME}",
         lambda match: _before_or_after(match[1], match[2], match[3], match[4])),
        (rf"\bhalf {_SPOKEN_HOUR}\b", lambda match: _before_or_after("half", "past", match[1])),
        (rf"\b{_HOUR} ?o['’]? ?clock\b{_HALF_DAY}", lambda match: _clock(_of(match[1]), 0, match[2])),
        (rf"\b{_SPOKEN_HOUR}(?: {_MINUTE_WORD})?\s*([ap])\.?\s?m\b\.?",
         lambda match: _clock(_of(match[1]), _of(match[2]) if match[2] else 0, match[3])),
        ((rf"\b(at|by|before|until|till)\s+(?:(?:around|about|like|exactly|roughly)\s+)?{_HOUR}"
         rf"(?:\s?[.:h]\s?([0-5]\d)|\s+{_MINUTE_WORD})?{_HALF_DAY}{_AFTER_A_TIME}"), _at_hour),
    )
)  # fmt: skip
