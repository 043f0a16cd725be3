"""The tools' work: questions to the API, answers for a model."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any, Literal
from urllib.parse import quote

from mcp.server.mcpserver.exceptions import ToolError
from rapidfuzz import fuzz

from pedalcast.mcp.answers import (
    ForecastPoint,
    HelpAnswer,
    HelpSource,
    OneStation,
    Sentence,
    StationCounts,
    StationForecastAnswer,
    Stations,
    SystemHealth,
    TripPlan,
    age_warning,
)
from pedalcast.mcp.api_client import ApiClient

ALIKE = 75.0  # of 100: names less alike are not the station that was asked for
Wanted = Literal["bike", "dock"]
ANY = {"en": "any number", "ko": "제한 없음"}  # docks, by language
REALTIME, FORECASTS = "/api/v1/realtime/stations", "/api/v1/predict/stations"


async def find_stations(api: ApiClient, query: str, limit: int) -> Stations:
    """Stations whose id or name, in any language, is like the query. `ToolError` when there is none."""
    everything = await api.get(REALTIME)
    wanted = _plain(query)
    rated = [(_likeness(wanted, station), station) for station in everything["stations"]]
    best = sorted((item for item in rated if item[0] >= ALIKE), key=lambda item: -item[0])[:limit]
    if not best:
        raise ToolError(
            f"No station is called anything like {query!r}. Try a shorter or another part of the name, the other "
            "language, or get_nearby_availability with a position."
        )
    stations = [station_of(station) for _, station in best]
    en, ko = (", ".join(f"{name_in(s, language)} ({s.station_id})" for s in stations) for language in ("en", "ko"))
    age = everything["age"]
    return Stations(
        warning=age_warning(age),
        summary=Sentence(en=f"{len(stations)} found: {en}.", ko=f"{len(stations)}곳을 찾았습니다: {ko}."),
        data_age_seconds=age,
        stations=stations,
    )


async def get_station(api: ApiClient, station_id: str) -> OneStation:
    """One station now."""
    station = await api.get(f"{REALTIME}/{quote(station_id, safe='')}")
    now = station_of(station)
    return OneStation(
        warning=age_warning(station["age"]), summary=_counts(now), data_age_seconds=station["age"], station=now
    )


async def get_nearby_availability(
    api: ApiClient, place: tuple[float, float], radius: float, *, want: Wanted, n: int, limit: int
) -> Stations:
    """Stations around a position that have at least so many now, nearest first."""
    near = await api.get(REALTIME, {"near": f"{place[0]},{place[1]}", "radius": radius, "limit": 100})
    nearby = [station_of(station) for station in near["stations"]]
    having = [station for station in nearby if _available(station, want) >= n][:limit]
    thing_en, thing_ko = ("bikes", "자전거") if want == "bike" else ("free docks", "빈 거치대")
    en, ko = (", ".join(f"{name_in(s, lang)} {_available_in_words(s, want, lang)}" for s in having) for lang in ANY)
    if having:
        summary = Sentence(en=f"{thing_en.capitalize()} now: {en}.", ko=f"지금 {thing_ko}: {ko}.")
    else:
        summary = Sentence(
            en=f"No station within {radius:g} m has {n} {thing_en} now ({len(nearby)} stations there).",
            ko=f"{radius:g} m 안에 지금 {thing_ko} {n}개가 있는 대여소가 없습니다(대여소 {len(nearby)}곳).",
        )
    age = near["age"]
    return Stations(warning=age_warning(age), summary=summary, data_age_seconds=age, stations=having)


async def forecast_station(api: ApiClient, station_id: str) -> StationForecastAnswer:
    """A station's forecast at all horizons."""
    path = quote(station_id, safe="")
    station, forecast = await asyncio.gather(api.get(f"{REALTIME}/{path}"), api.get(f"{FORECASTS}/{path}"))
    now = station_of(station)
    points = [
        ForecastPoint(**{name: horizon[name] for name in ForecastPoint.model_fields})
        for horizon in forecast["horizons"]
    ]
    return StationForecastAnswer(
        warning=age_warning(station["age"]),
        summary=_expected(now, points),
        data_age_seconds=station["age"],
        station=now,
        model=forecast["model"],
        made_at=forecast["made_at"],
        horizons=points,
    )


async def plan_trip(
    api: ApiClient, to: str, *, start: str | None, minutes: float | None, want: Wanted, n: int
) -> TripPlan:
    """GO, WAIT or ELSEWHERE, with numbers."""
    asked = {"to": to, "from": start, "minutes": minutes, "want": want, "n": n}
    plan, everything = await asyncio.gather(
        api.get("/api/v1/predict/plan", asked), api.get(REALTIME, {"near": "0,0", "limit": 1})
    )
    alternative = plan.get("alternative")
    wait = plan.get("wait")
    return TripPlan(
        warning=age_warning(everything["age"]),
        summary=Sentence(**plan["why"]),
        data_age_seconds=everything["age"],
        verdict=plan["verdict"],
        station_id=plan["station"]["station_id"],
        probability=plan["station"]["probability"],
        at=plan["at"],
        wait_minutes=wait["minutes"] if wait else None,
        alternative=station_of(alternative) if alternative else None,
        alternative_probability=alternative["probability"] if alternative else None,
    )


async def ask_help(api: ApiClient, question: str) -> HelpAnswer:
    """An answer from the help and the live data, with citations."""
    asked, everything = await asyncio.gather(
        api.post("/api/v1/chat", {"question": question}), api.get(REALTIME, {"near": "0,0", "limit": 1})
    )
    answered = bool(asked["metadata"]["answered"])
    sources = [
        HelpSource(n=source["n"], title=source["title"], content=source["content"], url=source.get("url"))
        for source in asked["sources"]
    ]
    missing = Sentence(en="No source answers this: do not guess.", ko="답할 출처가 없습니다. 추측하지 마세요.")
    text = Sentence(en="Answered from the sources listed.", ko="아래 출처에 따른 답입니다.") if answered else missing
    return HelpAnswer(
        warning=age_warning(everything["age"]),
        summary=text,
        data_age_seconds=everything["age"],
        answered=answered,
        answer=asked["answer"],
        sources=sources,
    )


async def get_system_health(api: ApiClient) -> SystemHealth:
    """Whether the service is ready, how old its data are, and what is wrong where something is."""
    report = await api.readiness()
    try:
        realtime = await api.get(REALTIME)
    except ToolError:
        realtime = {"age": None, "system": None, "count": None}
    wrong = ", ".join(f"{part}: {state}" for part, state in report["checks"].items() if state != "ok")
    ready = bool(report["ready"])
    system = realtime["system"] or {}
    summary = Sentence(
        en="All parts work." if ready and not wrong else f"Not all parts work: {wrong or 'not ready'}.",
        ko="모두 정상입니다." if ready and not wrong else f"정상이 아닌 부분이 있습니다: {wrong or '준비되지 않음'}.",
    )
    return SystemHealth(
        warning=age_warning(realtime["age"]),
        summary=summary,
        data_age_seconds=realtime["age"],
        ready=ready,
        checks=report["checks"],
        system=system.get("name"),
        timezone=system.get("timezone"),
        stations=realtime["count"],
    )


def station_of(raw: dict[str, Any]) -> StationCounts:
    """A station of the API's, in any of its answers."""
    return StationCounts(**{name: raw[name] for name in StationCounts.model_fields if raw.get(name) is not None})


def name_in(station: StationCounts, language: str) -> str:
    """A station's name in a language, in its own where there is none."""
    return station.names.get(language, station.name)


def _available(station: StationCounts, want: Wanted) -> int:
    """Bikes that can be rented, or docks one can return to; 0 where that is unknown or off."""
    if want == "bike":
        return (station.bikes or 0) if station.renting is not False else 0
    return (station.docks or 0) if station.returning is not False else 0


def _available_in_words(station: StationCounts, want: Wanted, language: str) -> str:
    """`_available`, as it is said where any number of bikes fits."""
    return ANY[language] if want == "dock" and station.unlimited else str(_available(station, want))


def _counts(station: StationCounts) -> Sentence:
    bikes, docks = ("?" if count is None else str(count) for count in (station.bikes, station.docks))
    docks_en, docks_ko = (f"{ANY['en']} of", ANY["ko"]) if station.unlimited else (docks, f"{docks}개")
    return Sentence(
        en=f"{name_in(station, 'en')}: {bikes} bikes, {docks_en} free docks now.",
        ko=f"{name_in(station, 'ko')}: 지금 자전거 {bikes}대, 빈 거치대 {docks_ko}입니다.",
    )


def _expected(station: StationCounts, points: list[ForecastPoint]) -> Sentence:
    def percent(share: float | None) -> str:
        return "?" if share is None else f"{100 * share:.0f} %"

    en = "; ".join(f"in {p.minutes} min a bike {percent(p.p_bike)}, a dock {percent(p.p_dock)}" for p in points)
    ko = "; ".join(f"{p.minutes}분 뒤 자전거 {percent(p.p_bike)}, 거치대 {percent(p.p_dock)}" for p in points)
    return Sentence(en=f"{name_in(station, 'en')}, chances: {en}.", ko=f"{name_in(station, 'ko')}, 확률: {ko}.")


def _likeness(wanted: str, station: dict[str, Any]) -> float:
    """How like a station's id or names the wanted text is, 0 to 100; a part of a name counts nearly as much as all."""
    if wanted == _plain(station["station_id"]):
        return 100.0
    names = [_plain(name) for name in (station["name"], *station["names"].values())]
    return max(max(99.0 * (wanted in name), 0.9 * fuzz.WRatio(wanted, name)) for name in names)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
