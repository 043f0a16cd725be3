"""The time a question is about: now, in so many minutes, or at a time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pedalcast.rag.live.past_counts import past_time
from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import Quantity, claimed

_WALK = linear(r"\S+[\s-]*(?:분|minutes?|min)[\s-]*(?:거리|도보|걸어|walk|away|ride|pass|drive)", ignore_case=True)
_SOON = linear(r"곧|이따|조금 뒤|잠시 후|나중|\bsoon\b|\blater\b|\bin a (?:bit|while|moment)\b", ignore_case=True)
_TOMORROW = linear(r"내일|모레|tomorrow|next week|다음 ?주", ignore_case=True)
_FUTURE = linear(
    r"있을까|남을까|남아 ?있을|될까|예측|예상|will there|going to be|forecast|still be|expect", ignore_case=True
)


_PAST = linear(
    r"(?:분|시간|\d일|하루|이틀)\s*(?:반\s*)?(?:쯤\s*)?전|아까|방금 전|어제|그제|그저께|지난 ?주"
    r"|\bago\b|\byesterday\b|\blast (?:week|night|month)\b|\bearlier today\b|\bwere there\b|\bhow many .{0,40}\bhad\b",
    ignore_case=True,
)
_HOURS_EN = {
    name: number
    for number, name in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
_HOUR_EN = rf"(\d{{1,2}}|{'|'.join(_HOURS_EN)})"
_PAST_HOUR = linear(rf"\b(half|quarter) (past|to) {_HOUR_EN}\b", ignore_case=True)
_AND_A_HALF = linear(rf"\b(?:(an?)|{_HOUR_EN}) hours? and a half\b", ignore_case=True)
_NUMBER_AND_A_HALF = linear(rf"\b{_HOUR_EN} and a half hours?\b", ignore_case=True)
_HALF_HOUR_EN = linear(r"\bhalf an? hour\b|\bhalf hour\b", ignore_case=True)
_QUARTER_HOUR = linear(r"\ba quarter of an hour\b|\ba quarter hour\b", ignore_case=True)
_AND_A_HALF_KO = linear(r"(한|두|세|네|다섯|여섯|\d{1,2})\s*시간\s*반")
_HOURS_KO = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6}
_MIDNIGHT = linear(r"\bmidnight\b|자정|(?:밤|오늘 밤|한밤)\s*(?:12|열두)\s*시", ignore_case=True)
_NOON = linear(r"\bnoon\b|\bmidday\b|정오|낮\s*(?:12|열두)\s*시", ignore_case=True)
_WAS = linear(r"있었|였(?:어|나|니|습|지|을)|\bwas there\b|\bdid .{1,60} have\b", ignore_case=True)
_NOW = linear(r"지금|현재|\bnow\b|\bstill\b", ignore_case=True)
FARTHEST = 24 * 60  # minutes; no forecast comes near it


@dataclass(frozen=True, slots=True)
class TimeReference:
    """`minutes` from now, 0 for now, `FARTHEST` at most. `said` tells whether the question named a time; `beyond` that
    it lies farther than that; `past` that it has gone by, and `past_at` when that was (None where the question names no
    time)."""

    minutes: int
    said: bool
    beyond: bool = False
    past: bool = False
    past_at: datetime | None = None


def parse_time_reference(question: str, now: datetime) -> TimeReference:
    """The time asked about; `now` is aware, in the city's own time zone, for times of day are meant there.

    A time of day means its next coming. "Soon", and a question about the future that names no time, mean the first
    forecast (one minute ahead, which every horizon covers).
    """
    if _PAST.search(question) or (_WAS.search(question) and not _NOW.search(question)):
        return TimeReference(0, said=True, past=True, past_at=past_time(_in_figures(question), now))
    if _TOMORROW.search(question):
        return TimeReference(FARTHEST, said=True, beyond=True)
    if (minutes := _named_minutes(question, now)) is not None:
        return TimeReference(min(minutes, FARTHEST), said=True, beyond=minutes > FARTHEST)
    if _SOON.search(question) or _FUTURE.search(question):
        return TimeReference(1, said=False)
    return TimeReference(0, said=False)


def _named_minutes(question: str, now: datetime) -> int | None:
    """Minutes to the time that the question names; None where it names none."""
    for quantity in claimed(_WALK.sub(" ", _in_figures(question))):
        if quantity.kind == "minute":
            return int(quantity.value)
        if quantity.kind == "clock":
            return _until(quantity, now)
    if _MIDNIGHT.search(question):
        return _minutes_to([0], now)
    return _minutes_to([720], now) if _NOON.search(question) else None


def _until(clock: Quantity, now: datetime) -> int:
    """Minutes to the next coming of a time of day; of both readings where morning or afternoon is open."""
    at = int(clock.value) % 1440
    return _minutes_to([at, (at + 720) % 1440] if clock.open else [at], now)


def _minutes_to(minutes_of_day: list[int], now: datetime) -> int:
    """Minutes until the next of these times of day, by the clock on the wall: an hour less or more where it changes."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = []
    for minute in minutes_of_day:
        then = midnight + timedelta(minutes=minute)
        then += timedelta(days=1) if then < now - timedelta(minutes=1) else timedelta(0)
        passed = then.astimezone(UTC) - now.astimezone(UTC)
        ahead.append(max(0, round(passed.total_seconds() / 60)))
    return min(ahead)


def _in_figures(question: str) -> str:
    """The question with spoken times as figures: "half past ten" as 10:30, "an hour and a half" as 90 minutes."""
    question = _MIDNIGHT.sub(" midnight ", _NOON.sub(" noon ", question))
    question = _HALF_HOUR_EN.sub("30 minutes", question)
    question = _PAST_HOUR.sub(lambda match: _clock_of(match[1], match[2], match[3]), question)
    question = _AND_A_HALF.sub(lambda match: f"{_hour_number(match[2] or '1') * 60 + 30} minutes", question)
    question = _NUMBER_AND_A_HALF.sub(lambda match: f"{_hour_number(match[1]) * 60 + 30} minutes", question)
    question = _QUARTER_HOUR.sub("15 minutes", question)
    return str(_AND_A_HALF_KO.sub(lambda match: f"{_hour_number(match[1]) * 60 + 30}분", question))


def _clock_of(part: str, direction: str, hour: str) -> str:
    minutes = {"half": 30, "quarter": 15}[part.lower()]
    at = (_hour_number(hour) % 12 or 12) * 60 + (minutes if direction.lower() == "past" else -minutes)
    return f"{(at // 60 - 1) % 12 + 1}:{at % 60:02}"


def _hour_number(text: str) -> int:
    return int(text) if text.isdigit() else (_HOURS_EN | _HOURS_KO)[text.lower()]
