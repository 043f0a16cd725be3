"""What a station had at a time that has gone by: which time is meant, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pedalcast.rag.live.sentence_templates import Moment, count
from pedalcast.rag.live.types import LiveStation
from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import claimed
from pedalcast.rag.text.spoken_times import half_of_day, weekdays

NEAREST = timedelta(minutes=10)  # a poll farther than that from the time asked about is not of that time
OLDEST = timedelta(days=7)

_YESTERDAY = linear(r"어제|어젯밤|엊저녁|간밤|지난밤|\byesterday\b|\blast night\b|하루\s?전", ignore_case=True)
_TWO_DAYS = linear(r"그제|그저께|이틀\s?전|\bday before yesterday\b", ignore_case=True)


@dataclass(frozen=True, slots=True)
class PastCount:
    """A station at one poll of the past. `docks` is None where unknown or, where `unlimited`, any number fits."""

    at: datetime
    bikes: int
    docks: int | None
    unlimited: bool = False


ReadPast = Callable[[str, datetime, datetime], Sequence[PastCount]]
"""The polls of a station (its id) between two times, oldest first; raises `LiveDataError`."""


def past_time(question: str, now: datetime) -> datetime | None:
    """The time in the past that a question names; None where it names none, or one more than `OLDEST` ago.

    `question` has times in figures; `now` is aware, in the city's zone. A time of day means its last coming.
    """
    quantities = claimed(question)
    days = 2 if _TWO_DAYS.search(question) else 1 if _YESTERDAY.search(question) else 0
    days = days or min(((now.weekday() - day) % 7 or 7 for day in weekdays(question)), default=0)
    days = max([days, *(min(int(each.value), 10**4) for each in quantities if each.kind == "day")])
    minutes = sum(min(int(each.value), 10**6) for each in quantities if each.kind == "minute")
    clock = next((each for each in quantities if each.kind == "clock"), None)
    if clock is not None:
        half = half_of_day(question) if clock.open else None
        minute = int(clock.value) % (720 if half else 1440) + (720 if half == "pm" else 0)
        return _recent(_last_coming(minute, now, days, either_half=clock.open and half is None), now)
    if not days and not minutes:
        return None
    # A day ago is the same time by the clock; minutes pass at one pace, whatever the clock does.
    day = now - timedelta(days=days) if days else now  # a difference forgets which of two like hours it is
    ago = day.astimezone(UTC) - timedelta(minutes=minutes)
    return _recent(ago.astimezone(now.tzinfo), now)


def _last_coming(minute: int, now: datetime, days: int, *, either_half: bool) -> datetime:
    """The latest time of day like that before `now`, or of the day `days` before; of both halves where that is open."""
    midnight = (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    minutes = {minute, (minute + 720) % 1440} if either_half else {minute}
    gone = [at for at in _comings(midnight, minutes) if at <= now.astimezone(UTC)]
    for earlier in (1, 2):  # a clock that is put forward leaves a time of day out
        gone = gone or _comings(midnight - timedelta(days=earlier), minutes)
    return max(gone).astimezone(now.tzinfo)


def _comings(midnight: datetime, minutes: Iterable[int]) -> list[datetime]:
    """When the clock shows these minutes of a day, in UTC: twice where it is put back, never where it is put forward
    over them."""
    shown = [midnight + timedelta(minutes=minute) for minute in minutes]
    comings = [(each, each.replace(fold=fold).astimezone(UTC)) for each in shown for fold in (0, 1)]
    return [at for each, at in comings if at.astimezone(each.tzinfo).replace(tzinfo=None) == each.replace(tzinfo=None)]


def _recent(at: datetime, now: datetime) -> datetime | None:
    age = now.astimezone(UTC) - at.astimezone(UTC)  # times of one zone would be compared by the clock
    return at if timedelta(0) <= age <= OLDEST else None


def nearest(counts: Sequence[PastCount], at: datetime) -> PastCount | None:
    """The count nearest to a time, None where none lies within `NEAREST`."""
    best = min(counts, key=lambda each: abs(each.at - at), default=None)
    return best if best is not None and abs(best.at - at) <= NEAREST else None


def past_sentence(station: LiveStation, past: PastCount, moment: Moment, lang: str) -> str:
    """What the station had, and when."""
    local = past.at.astimezone(moment.zone)
    minutes = moment.age(past.at)
    same_day = local.date() == moment.now.astimezone(moment.zone).date()
    name = station.name_in(lang)
    if lang == "ko":
        clock = f"{local:%H:%M}" if same_day else f"{local.month}월 {local.day}일 {local:%H:%M}"
        docks = "거치 공간은 제한이 없었습니다" if past.unlimited else "빈 거치대 수는 알 수 없습니다"
        docks = docks if past.docks is None else f"빈 거치대 {past.docks}개가 있었습니다"
        return f"{name} 대여소에는 {clock}({minutes}분 전)에 자전거 {past.bikes}대와 {docks}."
    clock = f"at {local:%H:%M}" if same_day else f"on {local:%Y-%m-%d} at {local:%H:%M}"
    docks = "no limit on returns" if past.unlimited else "an unknown number of free docks"
    docks = docks if past.docks is None else count(past.docks, "free dock")
    return f"{name} had {count(past.bikes, 'bike')} and {docks} {clock} ({count(minutes, 'minute')} ago)."
