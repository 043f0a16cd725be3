"""Whether a station has what is asked for: bikes, electric bikes or docks, now and at a time ahead."""

from __future__ import annotations

from enum import StrEnum

from pedalcast.rag.live.types import LiveHorizon, LiveStation

LIKELY = 0.5  # below this probability of what is asked for, alternatives are named
SURE = 0.9  # below this probability of what is there now, the forecast is told too
_ANY_NUMBER = 10**6


class Thing(StrEnum):
    """What is asked for. Forecasts count electric bikes among the bikes, and tell nothing of them alone."""

    BIKES = "bikes"
    EBIKES = "ebikes"
    DOCKS = "docks"


def free(station: LiveStation, thing: Thing) -> int:
    """How many can be had at a station now; 0 where that is not known."""
    if not station.installed or not (station.returning if thing is Thing.DOCKS else station.renting):
        return 0
    if thing is Thing.DOCKS:
        return _ANY_NUMBER if station.unlimited else station.docks or 0
    return station.bikes if thing is Thing.BIKES else station.ebikes or 0


def probability(horizon: LiveHorizon, thing: Thing) -> float:
    """The probability of one dock or one bike, of whatever kind: of an electric one it is at most that."""
    return horizon.p_dock if thing is Thing.DOCKS else horizon.p_bike


def unlikely(station: LiveStation, horizon: LiveHorizon | None, thing: Thing, *, ahead: bool) -> bool:
    """Whether what is asked for is not there now or, for a time ahead, probably will not be."""
    if not station.installed or not (station.returning if thing is Thing.DOCKS else station.renting):
        return True
    known = not (thing is Thing.DOCKS and station.docks is None)
    gone = known and free(station, thing) <= 0
    chance = None if horizon is None else probability(horizon, thing)
    if ahead:
        return chance < LIKELY if chance is not None else gone
    return gone or (chance is not None and chance < LIKELY)


def changes(station: LiveStation, horizon: LiveHorizon | None, *things: Thing) -> bool:
    """Whether the forecast changes what somebody does who asks for now: what is there may be gone, or may come."""
    if horizon is None:
        return False
    return any(
        probability(horizon, thing) < SURE if free(station, thing) > 0 else probability(horizon, thing) >= LIKELY
        for thing in things
    )
