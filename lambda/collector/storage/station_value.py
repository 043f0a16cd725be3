"""A station's value in Redis: what anyone reads to know how it stands now. Written and read here only."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
import orjson

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station

STATION_PREFIX = "realtime:station:"
JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS

_log = logging.getLogger(__name__)


ZonedTime = Annotated[datetime, msgspec.Meta(tz=True)]


class StationValueError(ValueError):
    """A value under a station's key that is no station."""


class StationValue(msgspec.Struct, frozen=True, gc=False):
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
    observed_at: ZonedTime
    snapshot_id: str
    names: dict[str, str] = msgspec.field(default_factory=dict)
    lat: float | None = None
    lon: float | None = None
    capacity: int | None = None
    ebikes: int | None = None
    bikes_disabled: int = 0
    docks_disabled: int = 0
    reported_at: ZonedTime | None = None
    unlimited: bool = False


_DECODER = msgspec.json.Decoder(StationValue)


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
        return _DECODER.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
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
