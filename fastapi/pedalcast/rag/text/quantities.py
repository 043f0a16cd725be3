"""Numbers in a text and what they count, Korean and English: "천 원", "1,000원" and "1000 won" are one fact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
ENGLISH = {word: Decimal(i) for i, word in enumerate(_SMALL)} | {
    "thirty": Decimal(30),
    "forty": Decimal(40),
    "forty-five": Decimal(45),
    "fifty": Decimal(50),
    "sixty": Decimal(60),
    "ninety": Decimal(90),
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "a": Decimal(1),
    "an": Decimal(1),
}
_NATIVE = ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"]
KOREAN = {word: Decimal(i) for i, word in enumerate(_NATIVE, 1)} | {
    "하나": Decimal(1), "둘": Decimal(2), "셋": Decimal(3), "넷": Decimal(4), "스무": Decimal(20),
    "스물": Decimal(20), "스물네": Decimal(24), "서른": Decimal(30), "반": Decimal("0.5"),
}  # fmt: skip
_SCALE = {"십": 10, "백": 100, "천": 1_000, "만": 10_000, "억": 100_000_000}

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS})"
_COMPOUND = rf"(?:{_NUMBER}\s?[십백천만억]\s?)+(?:{_NUMBER})?|(?:[일이삼사오육칠팔구]?[십백천만]\s?)+"
_WORDS = "|".join(sorted((*ENGLISH, *KOREAN), key=len, reverse=True))

_UNITS: dict[str, tuple[str, int]] = {
    "percent": ("%|％|퍼센트|프로(?![가-힣])|per ?cent", 1),
    "won": ("원(?![가-힣]*역)|won\\b|KRW\\b|₩", 1),
    "dollar": ("dollars?\\b|달러|USD\\b", 1),
    "minute": ("분(?!의)|min(?:ute)?s?\\b", 1),
    "hour": ("시간|hours?\\b|hrs?\\b|h\\b", 60),
    "day": ("일(?![가-힣]*요일)(?=[^가-힣]|간|권|동안|이|을|은|에|의|까지|$)|days?\\b", 1),
    "month": ("개월|달(?=[^가-힣]|간|동안|$)|months?\\b", 1),
    "kilometre": ("km\\b|킬로미터|kilomet(?:re|er)s?\\b", 1000),
    "metre": ("m\\b|미터|met(?:re|er)s?\\b", 1),
    "bike": (
        "대(?=[^가-힣]|가|의|를|는|이|도|만|로|씩|까지|쯤|정도|뿐|밖|입|있|예|남|이하|이상|$)|bikes?\\b|bicycles?\\b",
        1,
    ),
    "dock": ("docks?\\b|free docks?\\b", 1),
}
_CANONICAL = {"hour": "minute", "kilometre": "metre"}
_UNIT = "|".join(f"(?P<u_{name}>{pattern})" for name, (pattern, _) in _UNITS.items())
_AM_PM = r"오전|오후|아침|저녁|밤|새벽|정오"

_CLOCK = re.compile(
    rf"(?:(?P<ko_half>{_AM_PM})\s*)?(?P<ko_hour>\d{{1,2}}|{'|'.join(_NATIVE)})\s?시(?![간작도장청설])"
    r"(?:\s?(?:(?P<ko_minute>\d{1,2})\s?분|(?P<half>반)))?"
    r"|(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)\s?(?P<en_half>[ap]\.?\s?m\b\.?)?"
    r"|(?<![\d.:])(?P<bare_hour>\d{1,2})\s?(?P<bare_half>[ap]\.?m\b\.?)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w-])(?=[A-Za-z])[A-Za-z_]+-?\d[\w-]*(?:\.\d+)*|\b\d+[A-Za-z]{2,}\w*\d\w*", re.ASCII)
_PHONE = re.compile(r"(?<!\d)\d{2,4}-\d{3,4}(?:-\d{4})?(?!\d)")
_DATE = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)")
_MONEY = re.compile(rf"(?P<sign>₩|KRW\s?|\$|USD\s?)(?P<amount>{_NUMBER})", re.IGNORECASE)
_QUANTITY = re.compile(
    rf"(?:(?<![A-Za-z가-힣\d])|(?<=[A-Za-z]\s)|(?<=[가-힣])(?=\d))"
    rf"(?P<value>{_COMPOUND}|{_NUMBER}|(?:{_WORDS})(?![A-Za-z]))(?:[\s-]?(?:{_UNIT}))?",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^[ \t]{0,8}(?:[-*•]\s{0,4})?\d{1,2}[.)]\s", re.MULTILINE)
_HALF_HOUR = re.compile(r"\bhalf an hour\b|반\s?시간", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text has it.

    `kind` is what is counted ("won", "minute", "percent", "clock", …; "" where the text does not say), `value` in the
    kind's unit (hours as minutes, kilometres as metres, times of day as minutes after midnight), `face` the number as
    written, `text` its wording. A time without morning or afternoon is `open`: it stands for both.
    """

    kind: str
    value: Decimal
    face: Decimal
    text: str
    open: bool = False
    name: str = ""

    def matches(self, other: Quantity) -> bool:
        """Whether `other` says the same number, or leaves open what the number counts."""
        if self.name or other.name:
            return self.name == other.name
        if self.kind == other.kind == "clock":
            same_half = (self.value - other.value) % 720 == 0 and (self.open or other.open)
            return self.value == other.value or same_half
        if self.kind == other.kind:
            return self.value == other.value
        return not (self.kind and other.kind) and self.face == other.face


def claimed(text: str) -> list[Quantity]:
    """The numbers that a sentence states: digits, and number words before a unit. List marks are left out."""
    quantities = _quantities(_LIST_MARK.sub(" ", _flat(text)))
    return [q for q in quantities if (q.kind or q.text[:1].isdigit() or q.name) and not _is_article(q)]


def _is_article(quantity: Quantity) -> bool:
    """ "A bike" counts nothing; "an hour" does."""
    return quantity.text[:2].lower() in {"a ", "an"} and quantity.kind not in {"minute", "day", "month"}


def stated(text: str) -> list[Quantity]:
    """The numbers a source offers, number words without a unit and the parts of "1시간 30분" included."""
    return list(_quantities(_flat(text), components=True))


def missing(claims: Iterable[Quantity], sources: Iterable[Quantity]) -> list[Quantity]:
    """The claimed numbers that no source states."""
    offered = list(sources)
    return [claim for claim in claims if not any(claim.matches(other) for other in offered)]


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", _ISO.sub(r"\1 \2", text))


def _quantities(text: str, *, components: bool = False) -> Iterator[Quantity]:
    """Named things first, then dates, phones, money, times; each match is blanked before the next pattern is tried."""
    taken = _Taker(text)
    for match in taken.each(_NAMED):
        yield Quantity("", Decimal(0), Decimal(0), match.group(), name=match.group().casefold())
    for match in taken.each(_DATE):
        for piece in match.groups():
            yield _plain(piece)
    for match in taken.each(_PHONE):
        yield Quantity("phone", Decimal(0), Decimal(0), match.group(), name=match.group())
    for match in taken.each(_MONEY):
        kind = "won" if match["sign"].strip().upper() in {"₩", "KRW"} else "dollar"
        yield _plain(match["amount"], kind)
    for match in taken.each(_HALF_HOUR):
        yield Quantity("minute", Decimal(30), Decimal(30), match.group())
    for match in taken.each(_CLOCK):
        yield from _clock(match)
    yield from _joined(list(taken.each(_QUANTITY)), taken.original, components=components)


class _Taker:
    """Returns matches and blanks them in the text, so that no digit is read twice."""

    def __init__(self, text: str) -> None:
        self.original = text
        self._text = text

    def each(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for match in list(pattern.finditer(self._text)):
            self._text = self._text[: match.start()] + "\0" * len(match.group()) + self._text[match.end() :]
            yield match


def _joined(matches: list[re.Match[str]], text: str, *, components: bool) -> Iterator[Quantity]:
    """Quantities in order, hours and the minutes right behind them made one duration."""
    i = 0
    while i < len(matches):
        first = _quantity(matches[i])
        if _unit(matches[i]) == "hour" and i + 1 < len(matches):
            between = text[matches[i].end() : matches[i + 1].start()]
            second = _quantity(matches[i + 1])
            half = matches[i + 1].group() == "반"
            if (_unit(matches[i + 1]) == "minute" or half) and between.strip() in {"", "and"}:
                minutes = Decimal(30) if half else second.value
                yield Quantity("minute", first.value + minutes, first.face, f"{first.text} {second.text}")
                if components:
                    yield from (first, second)
                i += 2
                continue
        yield first
        i += 1


def _unit(match: re.Match[str]) -> str:
    return next((name for name in _UNITS if match[f"u_{name}"]), "")


def _quantity(match: re.Match[str]) -> Quantity:
    unit = _unit(match)
    face = _value(match["value"])
    factor = _UNITS[unit][1] if unit else 1
    return Quantity(_CANONICAL.get(unit, unit), face * factor, face, match.group().strip())


def _plain(digits: str, kind: str = "") -> Quantity:
    return Quantity(kind, _value(digits), _value(digits), digits)


def _value(written: str) -> Decimal:
    """The value of digits, a number word, or a Korean compound such as "1만 5천"."""
    text = written.strip().lower().replace(",", "")
    word_value = ENGLISH.get(text) or KOREAN.get(text)
    if word_value is not None:
        return word_value
    if re.fullmatch(_NUMBER, text):
        return Decimal(text).normalize()
    return _compound(text.replace(" ", ""))


def _compound(text: str) -> Decimal:
    total, section, number = Decimal(0), Decimal(0), Decimal(0)
    for piece in re.findall(r"\d+(?:\.\d+)?|[일이삼사오육칠팔구]|[십백천만억]", text):
        if piece in "십백천":
            section, number = section + (number or 1) * _SCALE[piece], Decimal(0)
        elif piece in "만억":
            total, section, number = total + ((section + number) or 1) * _SCALE[piece], Decimal(0), Decimal(0)
        else:
            number = Decimal("일이삼사오육칠팔구".find(piece) + 1) if piece in "일이삼사오육칠팔구" else Decimal(piece)
    return total + section + number


def _clock(match: re.Match[str]) -> Iterator[Quantity]:
    written = match["ko_hour"] or match["hour"] or match["bare_hour"]
    hour = int(_value(written))
    minute = 30 if match["half"] else int(match["ko_minute"] or match["minute"] or 0)
    if hour > 24:
        return
    half = (match["ko_half"] or match["en_half"] or match["bare_half"] or "").replace(".", "").replace(" ", "").lower()
    late = half in {"오후", "저녁", "밤", "pm"}
    if late and hour < 12:
        hour += 12
    elif half and not late and hour == 12 and half != "정오":
        hour = 0
    is_open = not half and 1 <= hour <= 12 and not (match["hour"] and written.startswith("0"))
    value = Decimal(hour * 60 + minute)
    yield Quantity("clock", value, Decimal(int(_value(written))), match.group().strip(), open=is_open)
