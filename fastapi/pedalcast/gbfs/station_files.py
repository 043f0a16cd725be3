"""`station_information` and `station_status`: what the collector knows of stations, as GBFS says it.

A field that is not known is left out, never null: the schemas refuse null. A station without a position is in neither
file, for GBFS requires one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pedalcast.gbfs.versions import EARLIEST, GbfsVersion

StationFields = dict[str, Any]  # a station as it lies in Redis


def station_information(version: GbfsVersion, stations: Iterable[StationFields], language: str) -> dict[str, Any]:
    """Who and where. A station that takes any number of bikes has no `capacity`: GBFS readers would count docks by it.

    `language` is that of the stations' own names.
    """
    return {"stations": [_information(version, station, language) for station in _placed(stations)]}


def station_status(version: GbfsVersion, stations: Iterable[StationFields]) -> dict[str, Any]:
    """How many, now. Stations whose bikes or docks are unknown are left out: a missing dock count means that any
    number fits."""
    counted = (station for station in _placed(stations) if station.get("bikes") is not None)
    return {"stations": [_status(version, station) for station in counted if _docks_are_known(station)]}


def _placed(stations: Iterable[StationFields]) -> Iterator[StationFields]:
    return (station for station in stations if station.get("lat") is not None and station.get("lon") is not None)


def _docks_are_known(station: StationFields) -> bool:
    return bool(station.get("unlimited")) or station.get("docks") is not None


def _information(version: GbfsVersion, station: StationFields, language: str) -> dict[str, Any]:
    information = {
        "station_id": station["station_id"],
        "name": version.text(station["name"], language, station.get("names")),
        "lat": station["lat"],
        "lon": station["lon"],
    }
    if station.get("unlimited"):
        return information | {"is_virtual_station": True}
    capacity = station.get("capacity")
    return information if capacity is None else information | {"capacity": capacity}


def _status(version: GbfsVersion, station: StationFields) -> dict[str, Any]:
    vehicles = "vehicles" if version.localized else "bikes"
    status = {
        "station_id": station["station_id"],
        f"num_{vehicles}_available": station["bikes"],
        "num_ebikes_available": station.get("ebikes"),  # not of the specification: several systems send it
        f"num_{vehicles}_disabled": station.get("bikes_disabled"),
        "num_docks_available": None if station.get("unlimited") else station["docks"],
        "num_docks_disabled": station.get("docks_disabled"),
        "is_installed": station.get("installed", True),
        "is_renting": station["renting"],
        "is_returning": station["returning"],
        "last_reported": version.time(_reported(station)),
    }
    return {name: value for name, value in status.items() if value is not None}


def _reported(station: StationFields) -> datetime:
    """When the station reported, as the feed says; else, or where that cannot be, when it was polled."""
    polled = datetime.fromisoformat(station["observed_at"])
    reported = datetime.fromisoformat(station["reported_at"]) if station.get("reported_at") else polled
    return reported if EARLIEST <= reported <= polled else max(polled, EARLIEST)
