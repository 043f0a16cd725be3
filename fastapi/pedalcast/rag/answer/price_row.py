"""The row of a tariff that a question asks for: "how much for half a year" out of a sentence with three prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.types import Quote

_PRICE = linear(
    r"얼마|가격|요금|비용|값|싸|금액|단가|\bhow much\b|\bprices?\b|\bcosts?\b|\bfares?\b|\bcheap|\bset me back\b",
    ignore_case=True,
)
_WORDS = {  # days, or minutes below zero: what riders call the time that a pass is for
    365: r"1\s?년|일\s?년|한\s?해|연간|연\s?회|\ba year\b|\byear(?:ly)?\b|\bannual|\b12 months\b",
    180: r"반\s?년|6\s?개월|여섯\s?달|육\s?개월|180\s?일|\bhalf a year\b|\b(?:six|6) months?\b|\bhalf[- ]year",
    30: r"한\s?달|1\s?개월|일\s?개월|월\s?정기|30\s?일|\ba month\b|\bmonth(?:ly)?\b|\b30 days\b",
    1: r"하루|일일|종일|\bday (?:pass|ticket)\b|\ball[- ]day\b|\bfor (?:a|the) day\b|\b(?:one|a single|a whole) day\b",
    -120: r"(?:2|두)\s?시간|120\s?분|\b(?:2|two)[- ]?h(?:ou)?rs?\b|\b120[- ]?min",
    -60: r"(?:1|한)\s?시간|60\s?분|\b(?:1|one|an)[- ]h(?:ou)?r\b|\b60[- ]?min",
}
_LENGTHS = tuple((length, linear(words, ignore_case=True)) for length, words in _WORDS.items())
_LATE = linear(r"늦|초과|넘[기겼어으]|연체|\blate\b|\bover\b|\bovertime\b|\bextra\b", ignore_case=True)
_ELECTRIC = linear(r"전기|전동|\be-?bikes?\b|\belectric", ignore_case=True)
_ROWS = (
    linear(r"(?P<length>\d{1,3})\s?(?P<unit>일|분)\S{0,6}\s(?P<price>[\d,]{3,9})원"),
    linear(r"(?P<length>\d{1,3})\s?(?P<unit>분)\s(?:전기자전거\s)?\S{1,8}\s요금은\s(?P<price>[\d,]{3,9})원"),
    linear(r"(?P<price>[\d,]{3,9}) won for (?P<length>\d{1,3}) (?P<unit>days|minutes)", ignore_case=True),
    linear(r"for (?P<length>\d{1,3}) (?P<unit>days|minutes) costs (?P<price>[\d,]{3,9}) won", ignore_case=True),
)
_DAY = linear(r"일일권의 요금은 ([\d,]{3,9})원|\bday pass costs ([\d,]{3,9}) won", ignore_case=True)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line of a tariff, and the quote that has it."""

    text: str
    quote: Quote


def price_row(question: str, quotes: Sequence[Quote], lang: str) -> PriceRow | None:
    """The price for the time that a question names; None where it asks for no price, or no quote has it."""
    if not _PRICE.search(question) or _LATE.search(question):
        return None
    lengths = [length for length, pattern in _LENGTHS if pattern.search(question)]
    if lengths == [365, 180]:  # half a year
        lengths = [180]
    if len(lengths) != 1:
        return None
    electric = bool(_ELECTRIC.search(question))
    for quote in quotes:
        for length, price in _rows(quote.text):
            if length == lengths[0] and electric == bool(_ELECTRIC.search(quote.text)):
                return PriceRow(_sentence(length, price, lang), quote)
    return None


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """Each length a sentence names with its price; minutes below zero."""
    for pattern in _ROWS:
        for match in pattern.finditer(text):
            sign = 1 if match.group("unit") in {"일", "days"} else -1
            yield sign * int(match.group("length")), match.group("price")
    if day := _DAY.search(text):
        yield 1, day.group(1) or day.group(2)


def _sentence(length: int, price: str, lang: str) -> str:
    if length == 1:
        return f"일일권: {price}원." if lang == "ko" else f"Day pass: {price} won."
    if lang == "ko":
        return f"{abs(length)}{'일' if length > 0 else '분'}: {price}원."
    return f"{abs(length)} {'days' if length > 0 else 'minutes'}: {price} won."
