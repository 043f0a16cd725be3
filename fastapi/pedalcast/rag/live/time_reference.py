"""The time a question is about: now, in so many minutes, or at a time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pedalcast.rag.live.past_counts import past_time
from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import Quantity, claimed
from pedalcast.rag.text.spoken_times import half_of_day, in_figures, weekdays

_WALK = linear(r"\S+[\s-]*(?:분|minutes?|min)[\s-]*(?:거리|도보|걸어|walk|away|ride|pass|drive)", ignore_case=True)
_SOON = linear(
    r"곧|이따|조금 (?:뒤|후|있다)|잠시 (?:뒤|후)|나중|몇 분 (?:뒤|후|있다)|\bsoon\b|\blater\b"
    r"|\bin a (?:bit|while|moment|sec|second)\b|\ba few minutes\b",
    ignore_case=True,
)
_OTHER_DAYS = linear(
    r"내일|모레|글피|다음 ?(?:주|달|해)|내년|\d\s*일\s*(?:뒤|후|있다)|몇 (?:일|시간) (?:뒤|후)|며칠 (?:뒤|후)"
    r"|\btomorrow\b|\bnext (?:week|weekend|month|year)\b|\bin \d+ days?\b|\b\d+ days from now\b|\bin a (?:week|month)\b"
    r"|\bin (?:several|a few|some) (?:days|hours)\b",
    ignore_case=True,
)
_FUTURE = linear(
    r"있을까|남을까|남아 ?있을|될까|예측|예상|will there|going to be|forecast|still be|expect", ignore_case=True
)
_PAST = linear(
    r"(?:분|시간|\d일|하루|이틀)\s*(?:반\s*)?(?:쯤\s*|정도\s*)?전"
    r"|아까|방금 전|조금 전|좀 전|얼마 전|며칠 전|몇 \S{1,3} 전"
    r"|어제|어젯밤|엊저녁|간밤|지난 ?(?:주|달|밤|번|\S요일)|그제|그저께|엊그제"
    r"|\bago\b|\byesterday\b|\blast (?:week|night|month|hour|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|\bearlier today\b|\b(?:minutes?|mins?|hours?|days?) (?:back|earlier)\b|\bin [-−–]\s?\d"
    r"|\bwere there\b|\bhow many .{0,40}\bhad\b",
    ignore_case=True,
)
_WAS = linear(r"있었|였(?:어|나|니|습|지|을)|\bwas there\b|\bdid .{1,60} have\b", ignore_case=True)
_NOW = linear(r"지금|현재|\bnow\b|\bstill\b", ignore_case=True)
_MIDNIGHT = linear(r"\bmidnight\b")
_NOON = linear(r"\bnoon\b")
_TODAY = linear(r"오늘|\btoday\b|\bthis (?:morning|afternoon)\b", ignore_case=True)
_DAY_PARTS = (  # a part of the day without an hour: when it begins, minutes after midnight
    (linear(r"오늘 ?밤|\btonight\b", ignore_case=True), 20 * 60),
    (linear(r"오늘 ?저녁|\bthis evening\b", ignore_case=True), 18 * 60),
    (linear(r"오늘 ?오후|\bthis afternoon\b", ignore_case=True), 13 * 60),
)
_WEEKEND = linear(r"주말|\bweekend\b", ignore_case=True)
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

    A time of day means its next coming, one of this morning that has gone by the past. "Soon", and a question about
    the future that names no time, mean the first forecast (one minute ahead, which every horizon covers).
    """
    figures = in_figures(question)
    if _PAST.search(figures) or (_WAS.search(question) and not _NOW.search(question)):
        return TimeReference(0, said=True, past=True, past_at=past_time(figures, now))
    if _OTHER_DAYS.search(figures) or _names_another_day(question, now):
        return TimeReference(FARTHEST, said=True, beyond=True)
    if (minutes := _named_minutes(figures, now)) is not None:
        if _TODAY.search(question) and minutes > _minutes_to([0], now):
            return TimeReference(0, said=True, past=True, past_at=past_time(figures, now))
        return TimeReference(min(minutes, FARTHEST), said=True, beyond=minutes > FARTHEST)
    if (minutes := _minutes_to_part(question, now)) is not None:
        return TimeReference(minutes, said=True)
    ahead = _SOON.search(question) or _FUTURE.search(question)
    return TimeReference(1 if ahead else 0, said=False)


def _named_minutes(figures: str, now: datetime) -> int | None:
    """Minutes to the time that a question with its times in figures names; None where it names none."""
    for quantity in claimed(_WALK.sub(" ", figures)):
        if quantity.kind == "minute":
            return int(quantity.value)
        if quantity.kind == "clock":
            return _until(quantity, figures, now)
    if _MIDNIGHT.search(figures):
        return _minutes_to([0], now)
    return _minutes_to([720], now) if _NOON.search(figures) else None


def _minutes_to_part(question: str, now: datetime) -> int | None:
    """Minutes until "tonight" or "this afternoon" begins, 1 where it has begun; None where no part is named."""
    for part, begins in _DAY_PARTS:
        if part.search(question):
            return max(1, begins - now.hour * 60 - now.minute)
    return None


def _names_another_day(question: str, now: datetime) -> bool:
    """Whether it names a day of the week, or the weekend, that is not today."""
    if _WEEKEND.search(question):
        return now.weekday() < 5
    named = weekdays(question)
    return bool(named) and now.weekday() not in named


def _until(clock: Quantity, question: str, now: datetime) -> int:
    """Minutes to the next coming of a time of day; of both readings where morning or afternoon is open."""
    at = int(clock.value) % 1440
    if not clock.open:
        return _minutes_to([at], now)
    readings = {"am": [at % 720], "pm": [at % 720 + 720], None: [at % 720, at % 720 + 720]}
    return _minutes_to(readings[half_of_day(question)], now)


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
