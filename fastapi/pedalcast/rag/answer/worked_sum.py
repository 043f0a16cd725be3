"""A sum that a question asks for and a quoted tariff gives: "30 minutes late" at "200 won for every 5 minutes"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import claimed
from pedalcast.rag.types import Quote

_DURATION = (
    r"(?:\d{1,3}|a|an|one|two|three|half an|한|두|세|네|반)\s?"
    r"(?:시간\s?반|시간|분|hours?|hrs?|h|minutes?|mins?|min|hour)"
    r"(?:\s?(?:and\s)?(?:\d{1,2}\s?(?:분|minutes?|mins?|min)|a half|반))?"
)
_LATE = (
    linear(rf"({_DURATION})\s?(?:정도|쯤|이나|을|를|가량)?\s?(?:더\s?|정도\s?)?(?:늦|초과|넘|오버|연체|지나|지났)"),
    linear(
        rf"({_DURATION})\s(?:over|late|too long|past|overdue|extra|longer|after time)\b|"
        rf"\b(?:late|over|overdue) by ({_DURATION})",
        ignore_case=True,
    ),
)
_RATE = (
    linear(r"(\d{1,3})\s?분마다\s?([\d,]{1,9})\s?원"),
    linear(r"([\d,]{1,9}) won (?:for every|per) (\d{1,3}) minutes", ignore_case=True),
)
_CAP = linear(
    r"초과 요금은 최대 ([\d,]{1,9})\s?원|extra charge of one rental is never more than ([\d,]{1,9}) won",
    ignore_case=True,
)
_LONGEST = 24 * 60  # minutes: beyond a day another rule applies


@dataclass(frozen=True, slots=True)
class WorkedSum:
    """The sum in a sentence, and the quote that has the tariff."""

    text: str
    quote: Quote


def worked_sum(question: str, quotes: Sequence[Quote], lang: str) -> WorkedSum | None:
    """What being late costs by the tariff among the quotes; begun steps count as whole ones. None where the question
    names no time that it is late by, or no quote has a tariff."""
    minutes = _late_by(question)
    if minutes is None or not 0 < minutes <= _LONGEST:
        return None
    for quote in quotes:
        if (rate := _rate(quote.text)) is not None:
            capped = _capped(minutes, *rate, quotes, lang)
            return capped or WorkedSum(_sentence(minutes, *rate, lang), quote)
    return None


def _capped(minutes: int, step: int, price: int, quotes: Sequence[Quote], lang: str) -> WorkedSum | None:
    """The highest charge, where a quote names one that the sum exceeds."""
    for quote in quotes:
        if match := _CAP.search(quote.text):
            cap = int(next(group for group in match.groups() if group).replace(",", ""))
            if ceil(minutes / step) * price > cap:
                said = f"{minutes}분 늦으면 초과 요금은 상한인 {cap:,}원입니다."
                if lang != "ko":
                    said = f"{minutes} minutes late is the highest extra charge, {cap:,} won."
                return WorkedSum(said, quote)
    return None


def _late_by(question: str) -> int | None:
    """Minutes beyond the time allowed."""
    for pattern in _LATE:
        if match := pattern.search(question):
            text = next(group for group in match.groups() if group)
            return _minutes(text)
    return None


def _minutes(text: str) -> int | None:
    lengths = [quantity.value for quantity in claimed(text) if quantity.kind == "minute"]
    if text.startswith("반") or text.lower().startswith("half"):
        return 30
    if not lengths:
        return None
    return int(sum(lengths, Decimal(0))) + (30 if text.lower().endswith("a half") else 0)


def _rate(text: str) -> tuple[int, int] | None:
    """Minutes of a step and its price in won."""
    if match := _RATE[0].search(text):
        return int(match.group(1)), int(match.group(2).replace(",", ""))
    if match := _RATE[1].search(text):
        return int(match.group(2)), int(match.group(1).replace(",", ""))
    return None


def _sentence(minutes: int, step: int, price: int, lang: str) -> str:
    steps = ceil(minutes / step)
    if lang == "ko":
        return f"{minutes}분 늦으면 초과 요금은 {steps} × {price:,}원 = {steps * price:,}원입니다."
    return f"{minutes} minutes late is an extra charge of {steps} × {price:,} won = {steps * price:,} won."
