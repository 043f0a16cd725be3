"""Answers a question about stations from their data, each statement with the station it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from pedalcast.rag.grounding.citations import Evidence
from pedalcast.rag.live.availability import Thing, changes, free, unlikely
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
            return self._several(draft, several, when, slots.thing)
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
        thing = slots.thing if station.ebikes is not None or slots.docks else Thing.BIKES
        forecast = self._data.forecasts([station.id]).get(station.id)
        farthest = max((h.minutes for h in forecast.horizons), default=0) if forecast else 0
        if when.past:
            return self._past(draft, station, when.past_at)
        if forecast is not None and (when.beyond or when.minutes > farthest + 5):
            limit = station_message("beyond_reach", draft.lang, minutes=farthest)
            mark = draft.cite(station, forecast, limit)
            return LiveAnswer(f"{limit} {mark}", "answered", tuple(draft.evidence), (station.id,), station)
        verdict = self._verdict(draft, station, slots, when)
        counted = _yes_or_no(station, slots, when, draft) + now_sentence(station, draft.moment, draft.lang, thing)
        mark = draft.cite(station, forecast, *([verdict] if verdict else []), counted=counted)
        draft.sentences += [f"{verdict} {mark}"] if verdict else []
        draft.sentences.append(f"{counted} {mark}")
        horizon = _horizon(forecast, when, draft.moment)
        told = (thing,) if slots.expects or slots.docks else (thing, Thing.DOCKS)
        if when.minutes > 0 or changes(station, horizon, *told):
            draft.sentences += self._ahead(draft, forecast, horizon, mark)
        short = when.minutes == 0 and free(station, thing) < slots.at_least
        if more or short or unlikely(station, horizon, thing, ahead=when.minutes > 0):
            draft.sentences.append(self._instead(draft, directory, station, when, thing, slots.at_least))
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
        if slots.thing is Thing.EBIKES and station.ebikes is None:
            return station_message("electric_unknown", draft.lang)
        if slots.thing is Thing.EBIKES and when.minutes > 0:
            return station_message("electric_ahead", draft.lang)
        if slots.at_least < 2:
            return ""
        if when.minutes == 0:
            enough = "enough" if free(station, slots.thing) >= slots.at_least else "short"
            return station_message(f"{enough}_{slots.thing}", draft.lang, n=slots.at_least)
        at = draft.moment.now + timedelta(minutes=when.minutes)
        chance = self._data.chance(station.id, slots.at_least, at, docks=slots.docks)
        if chance is None:
            return ""
        clock = draft.moment.clock(at)
        return station_message(f"chance_{slots.thing}", draft.lang, clock=clock, n=slots.at_least, p=percent(chance))

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

    def _instead(  # noqa: PLR0917 (one caller, in this order)
        self, draft: LiveDraft, directory: StationDirectory, station: LiveStation, when: TimeReference, thing: Thing,
        at_least: int,
    ) -> str:  # fmt: skip
        near = []
        if station.lat is not None and station.lon is not None:
            near = directory.around(station.lat, station.lon, 12, without=[station.id])
        if when.minutes == 0:
            near = [pair for pair in near if free(pair[0], thing) >= at_least]
        items = self._items(draft, [pair for pair in near if pair[1] <= REACH], when, thing, usable=True)
        if not items:
            return station_message("none_near", draft.lang)
        return station_message(f"instead_{thing}", draft.lang, items=", ".join(items))

    def _several(
        self, draft: LiveDraft, stations: Sequence[LiveStation], when: TimeReference, asked: Thing
    ) -> LiveAnswer:
        """Each station in a sentence, then which has most of what is asked for."""
        forecasts = self._data.forecasts([station.id for station in stations])
        unknown = asked is Thing.EBIKES and any(station.ebikes is None for station in stations)
        thing = Thing.BIKES if unknown else asked
        order = sorted(stations, key=lambda station: -free(station, thing))
        even = free(order[0], thing) == free(order[1], thing)
        most = station_message("even" if even else f"most_{thing}", draft.lang, station=order[0].name_in(draft.lang))
        untold = [station_message("electric_unknown", draft.lang)] if unknown else []
        marks = {}
        for station in stations:
            forecast = forecasts.get(station.id)
            sentence = now_sentence(station, draft.moment, draft.lang, thing)
            marks[station.id] = draft.cite(station, forecast, most, *untold, counted=sentence)
            horizon = _horizon(forecast, when, draft.moment)
            draft.sentences.append(f"{sentence} {marks[station.id]}")
            if when.minutes > 0 and horizon is not None:
                draft.sentences.append(f"{forecast_sentence(horizon, draft.moment, draft.lang)} {marks[station.id]}")
        draft.sentences += [f"{said} {draft.marks}" for said in untold]
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
        unknown = slots.thing is Thing.EBIKES and all(station.ebikes is None for station, _ in near)
        thing = Thing.BIKES if unknown else slots.thing
        enough = [pair for pair in near if free(pair[0], thing) >= slots.at_least]
        within = [pair for pair in enough if slots.radius is None or pair[1] <= slots.radius]
        first = []
        if slots.radius is not None and not within:
            first.append(station_message(f"none_within_{thing}", draft.lang, metres=slots.radius))
        if unknown:
            first.append(station_message("electric_unknown", draft.lang))
        told = (within or enough or near)[:NEARBY]
        items = self._items(draft, told, when, thing, usable=False, also=first)
        said = [f"{sentence} {draft.marks}" for sentence in first]
        text = " ".join([*said, station_message("nearby", draft.lang, items=", ".join(items))])
        ids = tuple(e.passage.chunk_id.removeprefix("station:") for e in draft.evidence)
        return LiveAnswer(text, "answered", tuple(draft.evidence), ids)

    def _items(
        self,
        draft: LiveDraft,
        near: Sequence[tuple[LiveStation, int]],
        when: TimeReference,
        thing: Thing,
        *,
        usable: bool,
        also: Sequence[str] = (),
    ) -> list[str]:
        """Nearby stations in half a line each, cited; only those likely to serve where `usable`. `also` is said of
        them besides."""
        forecasts = self._data.forecasts([station.id for station, _ in near])
        items: list[str] = []
        for station, metres in near:
            horizon = _horizon(forecasts.get(station.id), when, draft.moment)
            if usable and unlikely(station, horizon, thing, ahead=when.minutes > 0):
                continue
            said = alternative_sentence(station, metres, horizon, draft.moment, draft.lang, thing)
            counted = now_sentence(station, draft.moment, draft.lang, thing)
            mark = draft.cite(station, forecasts.get(station.id), f"{said}.", *also, counted=counted)
            items.append(f"{said} {mark}")
            if len(items) == NEARBY:
                break
        return items


def _yes_or_no(station: LiveStation, slots: LiveSlots, when: TimeReference, draft: LiveDraft) -> str:
    """ "Yes: " or "No: " before the counts, where that is asked of one bike or dock and for now; "" otherwise, and
    where the data are old."""
    known = slots.thing is not Thing.EBIKES or station.ebikes is not None
    said = slots.expects and slots.at_least < 2 and known and when.minutes == 0
    if not said or draft.moment.stale(station.observed_at):
        return ""
    some = free(station, slots.thing) > 0
    return station_message("yes" if some is (slots.expects == "some") else "no", draft.lang)


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


def _middle(stations: Sequence[LiveStation]) -> tuple[float, float] | None:
    placed = [(s.lat, s.lon) for s in stations if s.lat is not None and s.lon is not None]
    if not placed:
        return None
    return sum(lat for lat, _ in placed) / len(placed), sum(lon for _, lon in placed) / len(placed)
