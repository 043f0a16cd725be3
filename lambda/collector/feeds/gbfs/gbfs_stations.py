"""GBFS stations: `station_status` says how many, `station_information` who and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from collector.feeds.gbfs.gbfs_files import Envelope, VehicleTypes, read_name, records
from collector.feeds.gbfs.gbfs_vehicles import bikes_and_ebikes
from collector.parsing.fields import count, flag, moment, position, text
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


_NOTHING = Information()


def read_information(envelope: Envelope, language: str) -> tuple[dict[str, Information], Counter[str]]:
    """By station id, and how many records were set aside. Of a station named twice the last record counts."""
    found: dict[str, Information] = {}
    rejected: Counter[str] = Counter()
    for record in records(envelope, "stations"):
        station_id, reason = _station_id(record)
        if station_id is None:
            rejected[reason] += 1
            continue
        rejected["duplicate"] += station_id in found
        found[station_id] = _information(record, language)
    return found, +rejected


def with_names(languages: Mapping[str, dict[str, Information]], own: str) -> dict[str, Information]:
    """The stations of the `own` language with their names in all of them."""

    def named(station_id: str, about: Information) -> Information:
        said = {language: stations.get(station_id, _NOTHING).name for language, stations in languages.items()}
        names = {language: name for language, name in said.items() if name}
        return replace(about, names=names) if len(names) > 1 else about

    return {station_id: named(station_id, about) for station_id, about in languages[own].items()}


def read_status(
    envelope: Envelope, information: dict[str, Information], types: VehicleTypes
) -> tuple[list[Station], Counter[str]]:
    """Every station with a status, and how many records were set aside for which reason.

    Of a station sent twice the record reported last counts (among equals the later one). A station without information
    goes by its id; information without a status is counted as `no_status`.
    """
    stations: dict[str, Station] = {}
    rejected: Counter[str] = Counter()
    for record in records(envelope, "stations"):
        station = _station(record, envelope.major, information, types)
        if isinstance(station, str):
            rejected[station] += 1
            continue
        rejected["duplicate"] += station.id in stations
        stations[station.id] = _fresher(stations.get(station.id), station)
    rejected["no_status"] += _unmentioned(information, records(envelope, "stations"))
    return list(stations.values()), +rejected


def _station_id(record: Any) -> tuple[str | None, str]:
    if not isinstance(record, dict):
        return None, "not_an_object"
    return text(record.get("station_id")), "no_station_id"


def _information(record: dict[str, Any], language: str) -> Information:
    name, names = read_name(record.get("name"), language)
    lat, lon = position(record.get("lat"), record.get("lon"))
    virtual = flag(record.get("is_virtual_station"), default=False)
    return Information(name, names, lat, lon, count(record.get("capacity")), virtual)


def _station(record: Any, major: int, information: dict[str, Information], types: VehicleTypes) -> Station | str:
    """A station, or the reason why not."""
    station_id, reason = _station_id(record)
    if station_id is None:
        return reason
    bikes, ebikes = bikes_and_ebikes(record, types)
    if bikes is None:
        return "bad_bikes"
    about = information.get(station_id, _NOTHING)
    docks = _docks(record, bikes, about, major)
    if docks is None:
        return "bad_docks"
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
        reported_at=moment(record.get("last_reported")),
    )


def _docks(record: dict[str, Any], bikes: int, about: Information, major: int) -> int | None:
    """Free docks. Where the feed sends none they follow from the capacity; from 2.0 on "none" means "any number"."""
    sent = record.get("num_docks_available")
    if sent is not None:
        return count(sent)
    if about.capacity is not None and not about.virtual:
        return max(about.capacity - bikes, 0)
    return UNLIMITED_DOCKS if major >= 2 else None


def _fresher(old: Station | None, new: Station) -> Station:
    if old is None or old.reported_at is None or new.reported_at is None:
        return new
    return new if new.reported_at >= old.reported_at else old


def _unmentioned(information: dict[str, Information], statuses: Iterable[Any]) -> int:
    mentioned = {_station_id(record)[0] for record in statuses}
    return len(information.keys() - mentioned)
