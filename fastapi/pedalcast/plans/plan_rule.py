"""GO, WAIT or ELSEWHERE: the one rule for the API, the page, the chat and programs.

It knows numbers only, so that every caller can use it and a replay can judge it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LIKELY = 0.8  # from this probability on, going there is advised without more ado
WORTH = 0.15  # an alternative must be likelier by so much
WALK_FACTOR = 1.3  # a walk is so much longer than the straight line
WALK_M_A_MINUTE = 80.0  # 4.8 km/h
RIDE_M_A_MINUTE = 200.0  # 12 km/h
REACH_M = 600.0  # a walk: a straight line of so many metres, about ten minutes
WAITS = (5, 10, 15)  # minutes that one may wait


class Verdict(StrEnum):
    """What a rider is advised."""

    GO = "GO"
    WAIT = "WAIT"
    ELSEWHERE = "ELSEWHERE"


class Reason(StrEnum):
    """Why."""

    LIKELY = "likely"  # it will probably be there
    BEST = "best"  # it may not be there, and nothing in reach is likelier
    LATER = "later"  # it will probably be there a little later
    NEARBY = "nearby"  # another station in reach is likelier
    NOWHERE = "nowhere"  # it will probably not be there, nor anywhere in reach
    CLOSED = "closed"  # the station does not rent, or does not take returns
    UNKNOWN = "unknown"  # nothing can be said of the station at that time


@dataclass(frozen=True, slots=True)
class PlanOption:
    """Another way: the probability, and how many minutes later than planned, by waiting or by walking."""

    probability: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, why, and the place in `waits` or `places` of what is advised instead; None where it is none."""

    verdict: Verdict
    reason: Reason
    wait: int | None = None
    place: int | None = None


def decide(
    here: float | None, waits: Sequence[PlanOption], places: Sequence[PlanOption], *, closed: bool = False
) -> Decision:
    """Decide from the probability at arrival (None where unknown), later at the same station, and at others.

    GO where it is likely. Otherwise the soonest that is likely: a wait, or another station; then whichever is likelier
    by `WORTH`; then GO, unless it is less likely than not.

    >>> decide(0.9, [], []).verdict
    <Verdict.GO: 'GO'>
    >>> decide(0.3, [PlanOption(0.85, 10)], [PlanOption(0.95, 4)]).verdict
    <Verdict.ELSEWHERE: 'ELSEWHERE'>
    >>> decide(0.3, [PlanOption(0.85, 5)], [PlanOption(0.95, 8)]).verdict
    <Verdict.WAIT: 'WAIT'>
    >>> decide(0.6, [PlanOption(0.6, 5)], [PlanOption(0.65, 3)])
    Decision(verdict=<Verdict.GO: 'GO'>, reason=<Reason.BEST: 'best'>, wait=None, place=None)
    """
    if closed or here is None:
        return _without_here(places, Reason.CLOSED if closed else Reason.UNKNOWN)
    if here >= LIKELY:
        return Decision(Verdict.GO, Reason.LIKELY)
    wait, place = _best(waits, here), _best(places, here)
    if wait is not None and (place is None or _sooner(waits[wait], places[place])):
        return Decision(Verdict.WAIT, Reason.LATER, wait=wait)
    if place is not None:
        return Decision(Verdict.ELSEWHERE, Reason.NEARBY, place=place)
    return Decision(Verdict.GO, Reason.BEST) if here >= 0.5 else Decision(Verdict.ELSEWHERE, Reason.NOWHERE)


def _without_here(places: Sequence[PlanOption], reason: Reason) -> Decision:
    """Another station where one is likely; without one, an unknown station is worth the way, a closed one is not."""
    place = _best(places, LIKELY - WORTH)
    verdict = Verdict.GO if place is None and reason is Reason.UNKNOWN else Verdict.ELSEWHERE
    return Decision(verdict, reason, place=place)


def _best(options: Sequence[PlanOption], floor: float) -> int | None:
    """The soonest that is likely, else the likeliest, among those better than `floor` by `WORTH`; None without one."""
    better = [place for place, option in enumerate(options) if option.probability >= floor + WORTH]
    likely = [place for place in better if options[place].probability >= LIKELY]
    if likely:
        return min(likely, key=lambda place: options[place].minutes)
    return max(better, key=lambda place: options[place].probability, default=None)


def _sooner(wait: PlanOption, place: PlanOption) -> bool:
    """Whether to wait rather than to walk: likely and no later, or likelier where neither is likely."""
    if (wait.probability >= LIKELY) != (place.probability >= LIKELY):
        return wait.probability >= LIKELY
    if wait.probability >= LIKELY:
        return wait.minutes <= place.minutes
    return wait.probability > place.probability


def walk_minutes(metres: float) -> float:
    """How long a walk takes between two points so many metres apart in a straight line."""
    return metres * WALK_FACTOR / WALK_M_A_MINUTE


def ride_minutes(metres: float) -> float:
    """How long a ride takes, likewise."""
    return metres * WALK_FACTOR / RIDE_M_A_MINUTE
