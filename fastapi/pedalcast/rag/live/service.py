"""Answers a question about stations from their data, each statement with the station it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from pedalcast.rag.grounding.citations import Evidence
from pedalcast.rag.live.live_draft import LiveDraft
from pedalcast.rag.live.past_counts import NEAREST, ReadPast, nearest, past_sentence
from pedalcast.rag.live.sentence_templates import (
    Moment,
    alternative_sentence,
    forecast_sentence,
    model_sentence,
    now_sentence,
    percent,
)
from pedalcast.rag.live.slots import LiveSlots, parse_slots
from pedalcast.rag.live.station_directory import StationDirectory, StationMatch
from pedalcast.rag.live.station_messages import listed, station_message
from pedalcast.rag.live.time_reference import TimeReference, parse_time_reference
from pedalcast.rag.live.types import Fleet, LiveData, LiveForecast, LiveHorizon, LiveStation
from pedalcast.rag.text.linear_regex import linear

LIKELY = 0.5  # below this probability of what is asked for, alternatives are named
SURE = 0.9  # below this probability of what is there now, the forecast is told too
NEARBY = 3
REACH = 1500  # metres

_ELSE = linear(
    r"다른\s?(?:곳|대여소|데)|아니면|대신|where else|another|alternativ|otherwise|instead|other station",
    ignore_case=True,
)


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """`text` has a marker [n] behind every statement, n counting `evidence` from 1.

    `status`: "answered", "ambiguous" (asks which), "unknown" (no such station), "unplaced" (names no place), "absent"
    (no live data). `station_ids` are those spoken of, the asked one first; `station` is that one, where it is one.
    """

    text: str
    status: str
    evidence: tuple[Evidence, ...] = ()
    station_ids: tuple[str, ...] = ()
    station: LiveStation | None = None


class LiveService:
    """Live answers over `LiveData`, and over `read_past` where the history is kept. Synchronous; called from threads.

    Raises `LiveDataError`.
    """

    def __init__(
        self, data: LiveData, *, stale_after: timedelta = timedelta(minutes=15), read_past: ReadPast | None = None
    ) -> None:
        self._data = data
        self._read_past = read_past
        self._stale_after = stale_after
        self._lock = Lock()
        self._directory: tuple[str, StationDirectory] | None = None

    def directory(self) -> StationDirectory | None:
        """The stations to find names in, None before the first poll. Built once a snapshot."""
        fleet = self._data.fleet()
        return None if fleet is None else self._directory_of(fleet)

    def answer(self, question: str, lang: str, *, position: tuple[float, float] | None = None) -> LiveAnswer:
        """The answer from the newest data. `position` is where the rider is, for "near me"."""
        fleet = self._data.fleet()
        if fleet is None:
            return LiveAnswer(station_message("no_snapshot", lang), "absent")
        zone = ZoneInfo(fleet.timezone)
        moment = Moment(self._data.now(), zone, self._stale_after)
        directory = self._directory_of(fleet)
        place = directory.find(question)
        when = parse_time_reference(question, moment.now.astimezone(zone))
        slots = parse_slots(question)
        draft = LiveDraft(lang, moment)
        several = directory.compared(question)
        if when.past and (len(several) > 1 or place.near):
            return LiveAnswer(station_message("past_one", lang), "absent")
        if len(several) > 1 and slots.radius is None:
            return self._several(draft, several, when, docks=slots.docks)
        if place.near or slots.radius is not None or slots.excluded or (slots.nearest and position is not None):
            return self._near(draft, directory, place, when, position, slots)
        if len(place.stations) != 1:
            return _which(place, lang) if place.stations else _no_station(place, lang)
        more = bool(_ELSE.search(question))
        return self._one(draft, directory, place.stations[0], when, slots, more=more)

    def _directory_of(self, fleet: Fleet) -> StationDirectory:
        with self._lock:
            if self._directory is None or self._directory[0] != fleet.snapshot_id:
                self._directory = fleet.snapshot_id, StationDirectory(fleet.stations)
            return self._directory[1]

    def _one(
        self,
        draft: LiveDraft,
        directory: StationDirectory,
        station: LiveStation,
        when: TimeReference,
        slots: LiveSlots,
        *,
        more: bool,
    ) -> LiveAnswer:
        docks = slots.docks
        forecast = self._data.forecasts([station.id]).get(station.id)
        farthest = max((h.minutes for h in forecast.horizons), default=0) if forecast else 0
        if when.past:
            return self._past(draft, station, when.past_at)
        if forecast is not None and (when.beyond or when.minutes > farthest + 5):
            limit = station_message("beyond_reach", draft.lang, minutes=farthest)
            mark = draft.cite(station, forecast, limit)
            return LiveAnswer(f"{limit} {mark}", "answered", tuple(draft.evidence), (station.id,), station)
        verdict = self._verdict(draft, station, slots, when)
        counted = _yes_or_no(station, slots, when, draft) + now_sentence(station, draft.moment, draft.lang)
        mark = draft.cite(station, forecast, *([verdict] if verdict else []), counted=counted)
        draft.sentences += [f"{verdict} {mark}"] if verdict else []
        draft.sentences.append(f"{counted} {mark}")
        horizon = _horizon(forecast, when, draft.moment)
        if when.minutes > 0 or _changes(station, horizon, slots):
            draft.sentences += self._ahead(draft, forecast, horizon, mark)
        short = when.minutes == 0 and _free(station, docks=docks) < slots.at_least
        if more or short or _unlikely(station, horizon, docks=docks, ahead=when.minutes > 0):
            draft.sentences.append(self._instead(draft, directory, station, when, slots))
        ids = tuple(e.passage.chunk_id.removeprefix("station:") for e in draft.evidence)
        return LiveAnswer(" ".join(draft.sentences), "answered", tuple(draft.evidence), ids, station)

    def _past(self, draft: LiveDraft, station: LiveStation, at: datetime | None) -> LiveAnswer:
        """What the station had at a time that has gone by, from the history; a refusal where that is not kept."""
        past = None
        if at is not None and self._read_past is not None:
            past = nearest(self._read_past(station.id, at - NEAREST, at + NEAREST), at)
        sentence = (
            past_sentence(station, past, draft.moment, draft.lang)
            if past is not None
            else station_message("past" if at is None else "past_absent", draft.lang)
        )
        mark = draft.cite(station, None, sentence)
        evidence = tuple(replace(each, observed_at=past.at if past else each.observed_at) for each in draft.evidence)
        return LiveAnswer(f"{sentence} {mark}", "answered", evidence, (station.id,))

    def _verdict(self, draft: LiveDraft, station: LiveStation, slots: LiveSlots, when: TimeReference) -> str:
        """Yes or no to a number asked for now, its probability at a time ahead; nothing where none is asked for."""
        if slots.electric and station.ebikes is None:
            return station_message("electric_unknown", draft.lang)
        if slots.at_least < 2:
            return ""
        if when.minutes == 0:
            return _enough(station, slots, draft.lang)
        at = draft.moment.now + timedelta(minutes=when.minutes)
        chance = self._data.chance(station.id, slots.at_least, at, docks=slots.docks)
        if chance is None:
            return ""
        name = "chance_docks" if slots.docks else "chance_bikes"
        clock = draft.moment.clock(at)
        return station_message(name, draft.lang, clock=clock, n=slots.at_least, p=percent(chance))

    def _ahead(
        self, draft: LiveDraft, forecast: LiveForecast | None, horizon: LiveHorizon | None, mark: str
    ) -> list[str]:
        """The forecast for the time asked about; for "now", the nearest one."""
        if forecast is None or horizon is None:
            return [station_message("no_forecast", draft.lang)]
        said = []
        said.append(f"{forecast_sentence(horizon, draft.moment, draft.lang)} {mark}")
        if forecast.model == "persistence":
            said.append(f"{model_sentence(forecast, draft.moment, draft.lang)} {mark}")
        return said

    def _instead(
        self, draft: LiveDraft, directory: StationDirectory, station: LiveStation, when: TimeReference, slots: LiveSlots
    ) -> str:  # fmt: skip
        near = []
        if station.lat is not None and station.lon is not None:
            near = directory.around(station.lat, station.lon, 12, without=[station.id])
        if when.minutes == 0:
            near = [pair for pair in near if _free(pair[0], docks=slots.docks) >= slots.at_least]
        items = self._items(draft, [pair for pair in near if pair[1] <= REACH], when, docks=slots.docks, usable=True)
        if not items:
            return station_message("none_near", draft.lang)
        return station_message("instead_docks" if slots.docks else "instead_bikes", draft.lang, items=", ".join(items))

    def _several(
        self, draft: LiveDraft, stations: Sequence[LiveStation], when: TimeReference, *, docks: bool
    ) -> LiveAnswer:
        """Each station in a sentence, then which has most of what is asked for."""
        forecasts = self._data.forecasts([station.id for station in stations])
        order = sorted(stations, key=lambda station: -_free(station, docks=docks))
        even = _free(order[0], docks=docks) == _free(order[1], docks=docks)
        most = station_message("even" if even else "most_docks" if docks else "most_bikes", draft.lang,
                               station=order[0].name_in(draft.lang))  # fmt: skip
        marks = {}
        for station in stations:
            forecast = forecasts.get(station.id)
            marks[station.id] = draft.cite(station, forecast, most)
            horizon = _horizon(forecast, when, draft.moment)
            sentence = now_sentence(station, draft.moment, draft.lang)
            draft.sentences.append(f"{sentence} {marks[station.id]}")
            if when.minutes > 0 and horizon is not None:
                draft.sentences.append(f"{forecast_sentence(horizon, draft.moment, draft.lang)} {marks[station.id]}")
        draft.sentences.append(f"{most} {marks[order[0].id]}")
        ids = tuple(station.id for station in stations)
        return LiveAnswer(" ".join(draft.sentences), "answered", tuple(draft.evidence), ids)

    def _near(  # noqa: PLR0917 (one caller, in this order)
        self, draft: LiveDraft, directory: StationDirectory, place: StationMatch, when: TimeReference,
        rider: tuple[float, float] | None, slots: LiveSlots,
    ) -> LiveAnswer:  # fmt: skip
        """The nearest stations that have what is asked for, from a position or a named place."""
        if place.unknown and not place.stations and rider is None:
            return _no_station(place, draft.lang)
        centre = place.position or (rider if slots.excluded else None) or _middle(place.stations) or rider
        if centre is None:
            return LiveAnswer(station_message("no_position", draft.lang), "unplaced")
        out = [station.id for station in place.stations] if slots.excluded else []
        near = directory.around(*centre, 40, without=out)
        enough = [pair for pair in near if _free(pair[0], docks=slots.docks) >= slots.at_least]
        within = [pair for pair in enough if slots.radius is None or pair[1] <= slots.radius]
        items = self._items(draft, (within or enough)[:NEARBY], when, docks=slots.docks, usable=False)
        if not items:
            items = self._items(draft, near[:NEARBY], when, docks=slots.docks, usable=False)
        text = station_message("nearby", draft.lang, items=", ".join(items))
        if slots.electric and all(station.ebikes is None for station, _ in near):
            text = station_message("electric_unknown", draft.lang) + " " + text
        if slots.radius is not None and not within:
            what = "docks" if slots.docks else "bikes"
            text = station_message(f"none_within_{what}", draft.lang, metres=slots.radius) + " " + text
        ids = tuple(e.passage.chunk_id.removeprefix("station:") for e in draft.evidence)
        return LiveAnswer(text, "answered", tuple(draft.evidence), ids)

    def _items(
        self,
        draft: LiveDraft,
        near: Sequence[tuple[LiveStation, int]],
        when: TimeReference,
        *,
        docks: bool,
        usable: bool,
    ) -> list[str]:
        """Nearby stations in half a line each, cited; only those likely to serve where `usable`."""
        forecasts = self._data.forecasts([station.id for station, _ in near])
        items: list[str] = []
        for station, metres in near:
            horizon = _horizon(forecasts.get(station.id), when, draft.moment)
            if usable and _unlikely(station, horizon, docks=docks, ahead=when.minutes > 0):
                continue
            said = alternative_sentence(station, metres, horizon, draft.moment, draft.lang, docks=docks)
            mark = draft.cite(station, forecasts.get(station.id), f"{said}.")
            items.append(f"{said} {mark}")
            if len(items) == NEARBY:
                break
        return items


def _free(station: LiveStation, *, docks: bool) -> int:
    """What can be had at a station now: bikes, or docks, of which there may be any number; 0 where unknown."""
    if not station.installed or not (station.returning if docks else station.renting):
        return 0
    if docks:
        return 10**6 if station.unlimited else station.docks or 0
    return station.bikes


def _yes_or_no(station: LiveStation, slots: LiveSlots, when: TimeReference, draft: LiveDraft) -> str:
    """ "Yes: " or "No: " before the counts, where that is asked of one bike or dock and for now; "" otherwise, and
    where the data are old."""
    said = slots.expects and slots.at_least < 2 and not slots.electric and when.minutes == 0
    if not said or draft.moment.stale(station.observed_at):
        return ""
    free = _free(station, docks=slots.docks) > 0
    return station_message("yes" if free is (slots.expects == "some") else "no", draft.lang)


def _changes(station: LiveStation, horizon: LiveHorizon | None, slots: LiveSlots) -> bool:
    """Whether the forecast changes what somebody does who asks for now: what is there may be gone, or may come."""
    if horizon is None:
        return False
    wanted = (True,) if slots.docks else (False, True) if not slots.expects else (False,)
    chances = {False: horizon.p_bike, True: horizon.p_dock}
    return any(
        chances[docks] < SURE if _free(station, docks=docks) > 0 else chances[docks] >= LIKELY for docks in wanted
    )


def _enough(station: LiveStation, slots: LiveSlots, lang: str) -> str:
    """Yes or no to a number that was asked for."""
    enough = _free(station, docks=slots.docks) >= slots.at_least
    what = "docks" if slots.docks else "bikes"
    return station_message(f"{'enough' if enough else 'short'}_{what}", lang, n=slots.at_least)


def _which(place: StationMatch, lang: str) -> LiveAnswer:
    names = listed([station.name_in(lang) for station in place.stations])
    ids = tuple(station.id for station in place.stations)
    return LiveAnswer(station_message("which", lang, n=len(ids), names=names), "ambiguous", station_ids=ids)


def _no_station(place: StationMatch, lang: str) -> LiveAnswer:
    if not place.unknown:
        return LiveAnswer(station_message("no_name", lang), "unplaced")
    names = [station.name_in(lang) for station in place.suggestions]
    text = station_message("unknown", lang, said=place.unknown)
    text += station_message("nearest_names", lang, names=listed(names)) if names else ""
    return LiveAnswer(text, "unknown", station_ids=tuple(s.id for s in place.suggestions))


def _horizon(forecast: LiveForecast | None, when: TimeReference, moment: Moment) -> LiveHorizon | None:
    return None if forecast is None else forecast.at(moment.now + timedelta(minutes=when.minutes))


def _unlikely(station: LiveStation, horizon: LiveHorizon | None, *, docks: bool, ahead: bool) -> bool:
    """Whether what is asked for is not there now or, for a time ahead, probably will not be."""
    if not station.installed or not (station.returning if docks else station.renting):
        return True
    free = station.docks if docks else station.bikes
    chance = None if horizon is None else (horizon.p_dock if docks else horizon.p_bike)
    gone = free is not None and free <= 0
    if ahead:
        return chance < LIKELY if chance is not None else gone
    return gone or (chance is not None and chance < LIKELY)


def _middle(stations: Sequence[LiveStation]) -> tuple[float, float] | None:
    placed = [(s.lat, s.lon) for s in stations if s.lat is not None and s.lon is not None]
    if not placed:
        return None
    return sum(lat for lat, _ in placed) / len(placed), sum(lon for _, lon in placed) / len(placed)
