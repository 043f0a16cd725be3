"""Scores answers about stations against what the API says of them at that moment."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pedalcast.riders.catalogue import Expectation, RiderQuestion, RiderVerdict
from pedalcast.riders.document_answers import flat

_METRES = re.compile(r"(\d+)\s?(?:m\b|미터|metres|meters)")
_MINUTES = re.compile(r"(\d+)\s?(?:분|min)")
_NONE = re.compile(r"없습니다|없어요|\bno(?:ne|t)?\b", re.IGNORECASE)
_LIMIT = re.compile(r"60\s?(?:분|min)|1시간|an hour", re.IGNORECASE)
_MORE = re.compile(r"더 많|더 적|같|\bmore\b|\bmost\b|\bfewer\b|\bsame\b", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"알 수 없|모릅|알려 주지 않|나오지 않|not (?:say|known|tell|report)|unknown|cannot (?:say|tell)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CityNow:
    """What the API says: stations and forecasts by id."""

    stations: Mapping[str, Mapping[str, Any]]
    forecasts: Mapping[str, Mapping[str, Any]]

    def metres(self, from_id: str, to_id: str) -> float:
        """The distance between two stations, on a plane that touches the earth at the first."""
        a, b = self.stations[from_id], self.stations[to_id]
        north = (b["lat"] - a["lat"]) * 111_195
        return math.hypot(north, (b["lon"] - a["lon"]) * 111_195 * math.cos(math.radians(a["lat"])))


@dataclass(frozen=True, slots=True)
class StationAnswer:
    """An answer beside the facts: `cited` are the stations among its sources, in order."""

    question: RiderQuestion
    text: str
    cited: Sequence[str]
    now: CityNow

    @property
    def expect(self) -> Expectation:
        return self.question.expect

    @property
    def about_docks(self) -> bool:
        return "docks" in self.expect.features or "dock" in self.expect.want

    def counts(self, station: str, *, docks: bool) -> bool:
        """Whether the station is cited and its count of bikes or docks stands in the answer."""
        number = self.now.stations[station]["docks" if docks else "bikes"]
        korean = "(?:거치대|자리|반납)" if docks else "(?:자전거|일반)"
        english = "(?:free )?(?:docks?|spaces?)" if docks else "(?:bikes?|bicycles?)"
        stated = re.search(rf"{korean}\D{{0,12}}\b{number}\s?(?:개|대|자리|곳)|\b{number} {english}", self.text)
        denied = number == 0 and re.search(_none_of(docks=docks), self.text, re.IGNORECASE)
        return station in self.cited and bool(stated or denied)

    def others(self) -> list[str]:
        """The cited stations that were not asked about."""
        return [station for station in self.cited if station not in self.expect.stations]

    def free(self, station: str) -> int:
        """What was asked for, bikes or docks, at a station."""
        return int(self.now.stations[station]["docks" if self.about_docks else "bikes"])


def _none_of(*, docks: bool) -> str:
    korean, english = ("거치대", "docks?") if docks else ("자전거", "bikes?")
    return rf"{korean}(?:가|는|도)? ?(?:하나도 |한 대도 )?없|no (?:free )?{english}"


def judge_station_answer(question: RiderQuestion, answer: Mapping[str, Any], now: CityNow) -> RiderVerdict:
    """The verdict of the first rule that fits the question's features."""
    cited = [s["document_id"].removeprefix("station:") for s in answer["sources"] if s["type"] == "station"]
    seen = StationAnswer(question, flat(answer["answer"]), cited, now)
    limit_said = "time beyond" in question.expect.features and _LIMIT.search(seen.text)
    if not answer["metadata"]["answered"] and not limit_said:
        return RiderVerdict.WRONGLY_REFUSED
    for feature, rule in _RULES.items():
        if feature in question.expect.features:
            return rule(seen)
    return _one_station(seen)


def _beyond(seen: StationAnswer) -> RiderVerdict:
    return RiderVerdict.RIGHT if _LIMIT.search(seen.text) else RiderVerdict.WRONG


def _several(seen: StationAnswer) -> RiderVerdict:
    hits = [seen.counts(station, docks=seen.about_docks) for station in seen.expect.stations]
    if "comparison" in seen.expect.features and all(hits) and not _MORE.search(seen.text):
        return RiderVerdict.PARTLY
    return _of_hits(hits)


def _radius(seen: StationAnswer) -> RiderVerdict:
    """Only stations within the distance, or that there is none."""
    metres = int(_METRES.search(seen.question.text + " " + seen.expect.want)[1])  # type: ignore[index] # a radius question has one
    middle = seen.expect.stations[0]
    within = {s for s in seen.now.stations if s != middle and seen.now.metres(middle, s) <= metres and seen.free(s) > 0}
    offered = set(seen.others())
    if seen.free(middle) > 0 and seen.counts(middle, docks=seen.about_docks):
        within.add(middle)
        offered.add(middle)
    if not within:
        none_said = bool(_NONE.search(seen.text)) and str(metres) in seen.text
        return RiderVerdict.RIGHT if none_said else RiderVerdict.PARTLY
    if not offered & within:
        return RiderVerdict.WRONG
    return RiderVerdict.RIGHT if offered <= within else RiderVerdict.PARTLY


def _instead(seen: StationAnswer) -> RiderVerdict:
    """Another station that has what is asked for."""
    useful = [station for station in seen.others() if seen.free(station) > 0]
    return RiderVerdict.RIGHT if useful else RiderVerdict.WRONG


def _later(seen: StationAnswer) -> RiderVerdict:
    """The chance at the time asked about."""
    station, minutes = seen.expect.stations[0], _MINUTES.search(seen.question.text + " " + seen.expect.want)
    horizons = seen.now.forecasts[station]["horizons"]
    wanted = int(minutes[1]) if minutes else 10
    names = ("p_dock", "bikes") if seen.about_docks else ("p_bike", "bikes")
    nearest = sorted(horizons, key=lambda h: abs(h["minutes"] - wanted))[:2]
    chances = {f"{min(99, max(1, round(100 * h[names[0]])))}%" for h in nearest}
    if station not in seen.cited:
        return RiderVerdict.WRONG
    return RiderVerdict.RIGHT if any(chance in seen.text for chance in chances) else RiderVerdict.PARTLY


def _electric(seen: StationAnswer) -> RiderVerdict:
    """The count of e-bikes, or that the feed does not say it."""
    ebike_counts = [seen.now.stations[s].get("ebikes") for s in seen.expect.stations]
    if any(number is None for number in ebike_counts):
        return RiderVerdict.RIGHT if _UNKNOWN.search(seen.text) else RiderVerdict.WRONG
    return RiderVerdict.RIGHT if all(str(number) in seen.text for number in ebike_counts) else RiderVerdict.WRONG


def _near_position(seen: StationAnswer) -> RiderVerdict:
    """The expected station is cited, or the nearest ones that have what is asked for."""
    useful = [station for station in seen.cited if seen.free(station) > 0]
    return RiderVerdict.RIGHT if useful else RiderVerdict.WRONG


def _one_station(seen: StationAnswer) -> RiderVerdict:
    """The count at each station asked about; where there is nothing and others are wanted, another that has some."""
    hits = [seen.counts(station, docks=seen.about_docks) for station in seen.expect.stations]
    if not hits:
        return _near_position(seen)
    nothing = all(seen.free(station) == 0 for station in seen.expect.stations)
    if all(hits) and nothing and "near ones" in seen.expect.want and _instead(seen) is not RiderVerdict.RIGHT:
        return RiderVerdict.PARTLY
    if not any(hits) and set(seen.expect.stations) & set(seen.cited):
        return RiderVerdict.PARTLY
    return _of_hits(hits)


def _of_hits(hits: Sequence[bool]) -> RiderVerdict:
    if all(hits):
        return RiderVerdict.RIGHT
    return RiderVerdict.PARTLY if any(hits) else RiderVerdict.WRONG


_RULES: Mapping[str, Callable[[StationAnswer], RiderVerdict]] = {
    "time beyond": _beyond,
    "radius": _radius,
    "negation": _instead,
    "comparison": _several,
    "several": _several,
    "e-bikes": _electric,
    "ebikes": _electric,
    "time": _later,
    "position": _near_position,
}
