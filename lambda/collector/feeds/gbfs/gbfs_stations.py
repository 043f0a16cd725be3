"""GBFS stations: `station_status` says how many, `station_information` who and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from collector.feeds.gbfs.gbfs_files import Envelope, VehicleTypes, read_name, records
from collector.feeds.gbfs.gbfs_vehicles import bikes_and_ebikes
from collector.parsing.fields import MAX_ID, MAX_NAME, bad_position, flag, position, readable, text
from collector.parsing.numbers import below_zero, count
from collector.parsing.times import moment
from collector.snapshot import UNLIMITED_DOCKS, Station


@dataclass(frozen=True, slots=True)
class Information:
    """What a feed says of a station once; everything may be missing."""

    name: str | None = None
    names: dict[str, str] | None = None
    lat: float | None = None
    lon: float | None = None
    capacity: int | None = None
    virtual: bool = False
    bad_capacity: bool = False  # it was sent, and is no number of docks


_NOTHING = Information()
_AHEAD = timedelta(minutes=1)  # a station's clock may be so far ahead without being wrong


def read_information(envelope: Envelope, language: str) -> tuple[dict[str, Information], Counter[str]]:
    """By station id, and how many records were set aside. Of a station named twice the last record counts."""
    by_id: dict[str, Information] = {}
    faults: Counter[str] = Counter()
    for record in records(envelope, "stations"):
        station_id, reason = _station_id(record)
        if station_id is None:
            faults[reason] += 1
            continue
        faults["duplicate"] += station_id in by_id
        by_id[station_id] = _information(record, language, faults)
    return by_id, +faults


def with_names(languages: Mapping[str, dict[str, Information]], own_language: str) -> dict[str, Information]:
    """The stations of `own_language` with their names in all of them."""

    def named(station_id: str, about: Information) -> Information:
        raw_names = {language: stations.get(station_id, _NOTHING).name for language, stations in languages.items()}
        names = {language: name for language, name in raw_names.items() if name}
        return replace(about, names=names) if len(names) > 1 else about

    return {station_id: named(station_id, about) for station_id, about in languages[own_language].items()}


def station_ids(envelope: Envelope) -> frozenset[str]:
    """The ids that a file of stations names; none where it has no list of stations."""
    listed = envelope.data.get("stations") if isinstance(envelope.data, dict) else None
    ids = (_station_id(record)[0] for record in (listed if isinstance(listed, list) else ()))
    return frozenset(station_id for station_id in ids if station_id is not None)


def read_status(
    envelope: Envelope,
    information: dict[str, Information],
    types: VehicleTypes,
    *,
    zone: tzinfo = UTC,
    at: datetime | None = None,
) -> tuple[list[Station], Counter[str]]:
    """Every station with a status, and how many records were set aside or mended for which reason.

    Of a station sent twice the record reported last counts (among equals the later one). A station without information
    goes by its id; information without a status is counted as `no_status`. `zone` is where the feed's local time runs,
    `at` the time of the poll.
    """
    stations: dict[str, Station] = {}
    faults: Counter[str] = Counter()
    for record in records(envelope, "stations"):
        station = _station(record, envelope.major, information, types, faults)
        if isinstance(station, str):
            faults[station] += 1
            continue
        station = _reported(station, record, zone, at, faults)
        faults["duplicate"] += station.id in stations
        stations[station.id] = _fresher(stations.get(station.id), station)
    faults["no_status"] += len(information.keys() - station_ids(envelope))
    return list(stations.values()), +faults


def _station_id(record: Any) -> tuple[str | None, str]:
    """The id, or why there is none."""
    if not isinstance(record, dict):
        return None, "not_an_object"
    station_id = text(record.get("station_id"))
    if station_id is not None and len(station_id) > MAX_ID:
        return None, "long_station_id"
    if station_id is not None and not readable(station_id):  # several of them could become the same
        return None, "unreadable_station_id"
    return station_id, "no_station_id"


def _information(record: dict[str, Any], language: str, faults: Counter[str]) -> Information:
    sent = record.get("name")
    name, names = read_name(sent, language)
    texts = [item.get("text") for item in sent if isinstance(item, dict)] if isinstance(sent, list) else [sent]
    faults["unreadable_name"] += any(isinstance(words, str) and not readable(words) for words in texts)
    faults["long_name"] += any(isinstance(words, str) and len(words) > MAX_NAME for words in texts)
    lat, lon = position(record.get("lat"), record.get("lon"))
    faults["bad_position"] += bad_position(record.get("lat"), record.get("lon"))
    virtual = flag(record.get("is_virtual_station"), default=False)
    sent_capacity = _capacity(record)
    capacity = None if below_zero(sent_capacity) else count(sent_capacity)
    bad_capacity = sent_capacity is not None and capacity is None
    faults["bad_capacity"] += bad_capacity
    return Information(name, names, lat, lon, capacity, virtual, bad_capacity)


def _capacity(record: dict[str, Any]) -> Any:
    """The number of docks, as it is sent: for all vehicles, or for each type of them."""
    if record.get("capacity") is not None:
        return record["capacity"]
    for name in ("vehicle_docks_capacity", "vehicle_type_capacity"):
        by_type = record.get(name)
        if isinstance(by_type, dict):
            by_type = [{"count": number} for number in by_type.values()]
        if by_type is not None:
            return _sum(by_type)
    return None


def _sum(by_type: Any) -> Any:
    """The sum of `[{vehicle_type_ids, count}]`, None of an empty list; what is sent itself where a count is none."""
    if not isinstance(by_type, list):
        return by_type
    if not by_type:
        return None
    counts = [count(item.get("count")) if isinstance(item, dict) else None for item in by_type]
    return by_type if None in counts else sum(number for number in counts if number is not None)


def _station(
    record: Any, major: int, information: dict[str, Information], types: VehicleTypes, faults: Counter[str]
) -> Station | str:
    """A station, or the reason why not."""
    station_id, reason = _station_id(record)
    if station_id is None:
        return reason
    bikes, ebikes = bikes_and_ebikes(record, types)
    if bikes is None:
        return "bad_bikes"
    sent_docks = record.get("num_docks_available")
    if sent_docks is None:
        sent_docks = _sum(record.get("vehicle_docks_available"))
    faults["bad_docks"] += sent_docks is not None and count(sent_docks) is None
    faults["negative_bikes"] += below_zero(record.get("num_bikes_available", record.get("num_vehicles_available")))
    faults["negative_docks"] += below_zero(sent_docks)
    about = information.get(station_id)
    docks = _docks(sent_docks, bikes, about, major)
    faults["unknown_docks"] += docks is None
    about = about or _NOTHING
    installed = flag(record.get("is_installed"), default=True)
    return Station(
        id=station_id,
        name=about.name or station_id,
        names=about.names or {},
        bikes=bikes,
        docks=docks,
        lat=about.lat,
        lon=about.lon,
        capacity=about.capacity,
        ebikes=ebikes,
        installed=installed,
        renting=flag(record.get("is_renting"), default=installed),
        returning=flag(record.get("is_returning"), default=installed),
        bikes_disabled=count(record.get("num_bikes_disabled", record.get("num_vehicles_disabled"))) or 0,
        docks_disabled=count(record.get("num_docks_disabled")) or 0,
    )


def _docks(sent: Any, bikes: int, about: Information | None, major: int) -> int | None:
    """Free docks, None where unknown. Where the feed sends no number they follow from the capacity.

    From 2.0 on "none" means "any number", but only of a station whose information is there and names no capacity.
    """
    stated = count(sent)
    if stated is not None or about is None:
        return stated
    if about.capacity is not None and not about.virtual:
        return max(about.capacity - bikes, 0)
    unlimited = sent is None and major >= 2 and (about.virtual or not about.bad_capacity)
    return UNLIMITED_DOCKS if unlimited else None


def _reported(
    station: Station, record: dict[str, Any], zone: tzinfo, at: datetime | None, faults: Counter[str]
) -> Station:
    """The station with the time of its last report; none where that lies in the future."""
    reported_at = moment(record.get("last_reported"), zone, at)
    if reported_at is not None and at is not None and reported_at > at:
        if reported_at > at + _AHEAD:
            faults["future_reported_at"] += 1
            return station
        reported_at = at.replace(microsecond=0)
    return replace(station, reported_at=reported_at)


def _fresher(old: Station | None, new: Station) -> Station:
    if old is None or old.reported_at is None or new.reported_at is None:
        return new
    return new if new.reported_at >= old.reported_at else old
