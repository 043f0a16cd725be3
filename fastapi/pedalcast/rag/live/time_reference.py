"""The time a question is about: now, in so many minutes, or at a time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import Quantity, claimed

_WALK = linear(r"\S+[\s-]*(?:분|minutes?|min)[\s-]*(?:거리|도보|걸어|walk|away|ride|pass|drive)", ignore_case=True)
_SOON = linear(r"곧|이따|조금 뒤|잠시 후|나중|\bsoon\b|\blater\b|\bin a (?:bit|while|moment)\b", ignore_case=True)
_TOMORROW = linear(r"내일|모레|tomorrow|next week|다음 ?주", ignore_case=True)
_FUTURE = linear(
    r"있을까|남을까|남아 ?있을|될까|예측|예상|will there|going to be|forecast|still be|expect", ignore_case=True
)


@dataclass(frozen=True, slots=True)
class TimeReference:
    """`minutes` from now, 0 for now. `said` tells whether the question named a time; `beyond` that it is days away."""

    minutes: int
    said: bool
    beyond: bool = False


def parse_time_reference(question: str, now: datetime) -> TimeReference:
    """The time asked about; `now` is aware, in the city's own time zone, for times of day are meant there.

    A time of day means its next coming. "Soon", and a question about the future that names no time, mean the first
    forecast (one minute ahead, which every horizon covers).
    """
    if _TOMORROW.search(question):
        return TimeReference(24 * 60, said=True, beyond=True)
    for quantity in claimed(_WALK.sub(" ", question)):
        if quantity.kind == "minute":
            return TimeReference(int(quantity.value), said=True)
        if quantity.kind == "clock":
            return TimeReference(_until(quantity, now), said=True)
    if _SOON.search(question) or _FUTURE.search(question):
        return TimeReference(1, said=False)
    return TimeReference(0, said=False)


def _until(clock: Quantity, now: datetime) -> int:
    """Minutes to the next coming of a time of day; of both readings where morning or afternoon is open."""
    at = int(clock.value)
    readings = {at, (at + 720) % 1440} if clock.open else {at % 1440}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = []
    for reading in readings:
        then = midnight + timedelta(minutes=reading)
        then += timedelta(days=1) if then < now - timedelta(minutes=1) else timedelta(0)
        ahead.append(max(0, round((then - now).total_seconds() / 60)))
    return min(ahead)
