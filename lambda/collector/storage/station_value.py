"""A station's value in Redis: what anyone reads to know how it stands now."""

from __future__ import annotations

from typing import Any

import orjson

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station

JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def station_value(station: Station, snapshot: Snapshot) -> bytes:
    """The station as JSON. What the feed does not say is left out; `unlimited` says that any number of bikes fits."""
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
    value.update(_said(station))
    return orjson.dumps(value, option=JSON_OPTIONS)


def _said(station: Station) -> dict[str, Any]:
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
