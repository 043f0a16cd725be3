"""A station's value in Redis: what anyone reads to know how it stands now. Written and read here only."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import UnionType
from typing import Any

import orjson

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station

STATION_PREFIX = "realtime:station:"
JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS

_log = logging.getLogger(__name__)


class StationValueError(ValueError):
    """A value under a station's key that is no station."""


@dataclass(frozen=True, slots=True)
class StationValue:
    """A station as its value in Redis says, times aware UTC.

    `docks` is None where unknown; where any number of bikes fits it is `UNLIMITED_DOCKS` and `unlimited` is true.
    """

    station_id: str
    name: str
    bikes: int
    docks: int | None
    renting: bool
    returning: bool
    installed: bool
    observed_at: datetime
    snapshot_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    lat: float | None = None
    lon: float | None = None
    capacity: int | None = None
    ebikes: int | None = None
    bikes_disabled: int = 0
    docks_disabled: int = 0
    reported_at: datetime | None = None
    unlimited: bool = False


def station_key(station_id: str) -> str:
    """The Redis key of a station's value."""
    return STATION_PREFIX + station_id


def station_value(station: Station, snapshot: Snapshot) -> bytes:
    """The station as JSON, to be read with `read_station`.

    What the feed does not say is left out, but for unknown docks, which are null; `unlimited` says that any number of
    bikes fits.

    >>> from datetime import UTC
    >>> from collector.snapshot import System
    >>> at = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
    >>> station = Station("ST-4", "Mangwon Station", bikes=3, docks=7)
    >>> value = station_value(station, Snapshot(System("city", "City", "Asia/Seoul"), at, at, (station,)))
    >>> read_station(value).docks
    7
    """
    value: dict[str, Any] = {
        "station_id": station.id,
        "name": station.name,
        "bikes": station.bikes,
        "docks": station.docks,
        "renting": station.renting,
        "returning": station.returning,
        "installed": station.installed,
        "observed_at": snapshot.observed_at,
        "snapshot_id": snapshot.id,
    }
    value.update(_optional_fields(station))
    return orjson.dumps(value, option=JSON_OPTIONS)


def read_station(value: bytes) -> StationValue:
    """A station's value read back. `StationValueError` when it is none."""
    try:
        fields: dict[str, Any] = orjson.loads(value)
        reported_at = fields.get("reported_at")
        return StationValue(
            station_id=_typed(fields, "station_id", str),
            name=_typed(fields, "name", str),
            bikes=_typed(fields, "bikes", int),
            docks=_typed(fields, "docks", int | None),
            renting=_typed(fields, "renting", bool),
            returning=_typed(fields, "returning", bool),
            installed=_typed(fields, "installed", bool),
            observed_at=datetime.fromisoformat(fields["observed_at"]),
            snapshot_id=_typed(fields, "snapshot_id", str),
            names=_typed_or_none(fields, "names", dict) or {},
            lat=_typed_or_none(fields, "lat", int | float),
            lon=_typed_or_none(fields, "lon", int | float),
            capacity=_typed_or_none(fields, "capacity", int),
            ebikes=_typed_or_none(fields, "ebikes", int),
            bikes_disabled=_typed_or_none(fields, "bikes_disabled", int) or 0,
            docks_disabled=_typed_or_none(fields, "docks_disabled", int) or 0,
            reported_at=None if reported_at is None else datetime.fromisoformat(reported_at),
            unlimited=bool(fields.get("unlimited")),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StationValueError(f"a station's value cannot be read: {error!r}") from error


def read_stations(values: Mapping[str, bytes]) -> dict[str, StationValue]:
    """The readable ones among stations' values by id; an unreadable one costs its station and a warning."""
    stations: dict[str, StationValue] = {}
    for station_id, value in values.items():
        try:
            stations[station_id] = read_station(value)
        except StationValueError as error:
            _log.warning("station value unreadable, station skipped: %s: %s", station_id, error)
    return stations


def _typed(fields: dict[str, Any], name: str, kind: type[Any] | UnionType) -> Any:
    field_value = fields[name]
    if not isinstance(field_value, kind):
        raise TypeError(f"{name} is a {type(field_value).__name__}")
    return field_value


def _typed_or_none(fields: dict[str, Any], name: str, kind: type[Any] | UnionType) -> Any:
    return _typed(fields, name, kind) if fields.get(name) is not None else None


def _optional_fields(station: Station) -> dict[str, Any]:
    optional = {
        "names": station.names or None,
        "lat": station.lat,
        "lon": station.lon,
        "capacity": station.capacity,
        "ebikes": station.ebikes,
        "bikes_disabled": station.bikes_disabled or None,
        "docks_disabled": station.docks_disabled or None,
        "reported_at": station.reported_at,
        "unlimited": True if station.docks == UNLIMITED_DOCKS else None,
    }
    return {name: value for name, value in optional.items() if value is not None}
