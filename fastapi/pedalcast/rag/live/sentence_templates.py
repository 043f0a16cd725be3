"""The sentences of live answers, Korean and English. Every number in them comes from a station's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pedalcast.rag.live.availability import Thing, probability
from pedalcast.rag.live.types import LiveForecast, LiveHorizon, LiveStation


@dataclass(frozen=True, slots=True)
class Moment:
    """What sentences are said relative to: the time it is, the city's zone, and from when on data counts as old."""

    now: datetime
    zone: ZoneInfo
    stale_after: timedelta

    def clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")

    def age(self, at: datetime) -> int:
        """Whole minutes since, never negative."""
        return max(0, int((self.now - at).total_seconds()) // 60)

    def stale(self, at: datetime) -> bool:
        return self.now - at > self.stale_after


def percent(p: float) -> str:
    """A probability as people read it; never 0 or 100, for no forecast is certain."""
    return f"{min(99, max(1, round(100 * p)))}%"


def now_sentence(station: LiveStation, moment: Moment, lang: str, thing: Thing = Thing.BIKES) -> str:
    """How the station stands, and when that was seen; that no bike is electric where such a `thing` is asked for."""
    electric = station.ebikes or (station.ebikes == 0 and thing is Thing.EBIKES)
    return (_now_ko if lang == "ko" else _now_en)(station, moment, electric=bool(electric))


def _now_ko(station: LiveStation, moment: Moment, *, electric: bool) -> str:
    age, clock = moment.age(station.observed_at), moment.clock(station.observed_at)
    seen = f"{clock} 기준, {age}분 전"
    if not station.installed:
        return f"{station.name_in('ko')} 대여소는 지금 운영하지 않습니다({seen})."
    bikes = f"자전거 {station.bikes}대" + (f"(전기자전거 {station.ebikes}대 포함)" if electric else "")
    docks = f"빈 거치대 {station.docks}개가 있습니다"
    if station.docks is None:
        docks = "거치 공간은 제한이 없습니다" if station.unlimited else "빈 거치대 수는 알 수 없습니다"
    when = "마지막으로 확인했을 때" if moment.stale(station.observed_at) else "지금"
    counted = f"{station.name_in('ko')} 대여소에는 {when} {bikes}와 {docks}({seen})."
    closed = "" if station.renting else " 지금은 대여를 받지 않습니다."
    return counted + closed + ("" if station.returning else " 지금은 반납을 받지 않습니다.")


def _now_en(station: LiveStation, moment: Moment, *, electric: bool) -> str:
    age, clock, stale = (
        moment.age(station.observed_at),
        moment.clock(station.observed_at),
        moment.stale(station.observed_at),
    )
    seen = f"as of {clock}, {count(age, 'minute')} ago"
    name = station.name_in("en")
    if not station.installed:
        return f"{name} is out of service ({seen})."
    bikes = count(station.bikes, "bike") + (f" ({station.ebikes} of them electric)" if electric else "")
    docks = "an unknown number of free docks" if station.docks is None else count(station.docks, "free dock")
    docks = "no limit on returns" if station.unlimited else docks
    verb = "had" if stale else "has"
    counted = f"{name} {verb} {bikes} and {docks} {'when last heard of' if stale else 'now'} ({seen})."
    closed = "" if station.renting else " It is not renting bikes out at the moment."
    return counted + closed + ("" if station.returning else " It is not taking returns at the moment.")


def forecast_sentence(horizon: LiveHorizon, moment: Moment, lang: str) -> str:
    """What is expected at one time, with the range and both probabilities."""
    minutes = max(1, round((horizon.at - moment.now).total_seconds() / 60))
    bikes, clock = f"{horizon.bikes:.1f}", moment.clock(horizon.at)
    p_bike, p_dock = percent(horizon.p_bike), percent(horizon.p_dock)
    if lang == "ko":
        return (
            f"{minutes}분 뒤인 {clock}에는 자전거 약 {bikes}대({horizon.low}~{horizon.high}대)가 예상되고, "
            f"자전거가 있을 확률은 {p_bike}, 빈 거치대가 있을 확률은 {p_dock}입니다."
        )
    return (
        f"In {count(minutes, 'minute')}, at {clock}, about {bikes} bikes are expected "
        f"({horizon.low} to {horizon.high}); the probability of a bike is {p_bike}, of a free dock {p_dock}."
    )


def model_sentence(forecast: LiveForecast, moment: Moment, lang: str) -> str:
    """When the forecast was made, and from what."""
    clock = moment.clock(forecast.made_at)
    simple = forecast.model == "persistence"
    if lang == "ko":
        how = " 학습된 모델이 아직 없어 지금 상태가 이어진다고 본 예측입니다." if simple else ""
        return f"예측은 {clock}에 만들었습니다.{how}"
    how = " No trained model is in use: it assumes that things stay as they are." if simple else ""
    return f"The forecast was made at {clock}.{how}"


def alternative_sentence(  # noqa: PLR0917 (one caller, in this order)
    station: LiveStation, metres: int, horizon: LiveHorizon | None, moment: Moment, lang: str, thing: Thing
) -> str:
    """A nearby station in half a line: how far, what it has, and how likely it will; of electric bikes that is not
    forecast."""
    has, chance = _has(station, lang, thing), ""
    if horizon is not None and thing is not Thing.EBIKES:
        clock, p = moment.clock(horizon.at), percent(probability(horizon, thing))
        chance = f", {clock} 확률 {p}" if lang == "ko" else f", {p} at {clock}"
    if lang == "ko":
        return f"{station.name_in('ko')}({metres}m, 지금 {has}{chance})"
    return f"{station.name_in('en')} ({metres} m, {has} now{chance})"


_COUNTED = {
    Thing.BIKES: ("자전거 {}대", "bike"),
    Thing.EBIKES: ("전기자전거 {}대", "electric bike"),
    Thing.DOCKS: ("빈 거치대 {}개", "free dock"),
}
_UNCOUNTED = {
    Thing.EBIKES: ("전기자전거 수 모름", "electric bikes unknown"),
    Thing.DOCKS: ("빈 거치대 수 모름", "free docks unknown"),
}


def _has(station: LiveStation, lang: str, thing: Thing) -> str:
    """What a station has of it, also where that has no number."""
    number = {Thing.BIKES: station.bikes, Thing.EBIKES: station.ebikes, Thing.DOCKS: station.docks}[thing]
    if number is None and thing is Thing.DOCKS and station.unlimited:
        return "거치 제한 없음" if lang == "ko" else "no limit on returns"
    if number is None:
        return _UNCOUNTED[thing][lang != "ko"]
    korean, english = _COUNTED[thing]
    return korean.format(number) if lang == "ko" else count(number, english)


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
