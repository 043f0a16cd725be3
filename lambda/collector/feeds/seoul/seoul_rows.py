"""What `bikeList` answers: rows of strings, or one of its many ways of saying no, all of them with HTTP status 200."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from collector.errors import FeedError
from collector.parsing.fields import count, parse_json, position, text
from collector.snapshot import Station

OK, NO_DATA = "INFO-000", "INFO-200"
TRANSIENT = frozenset({"ERROR-500", "ERROR-600", "ERROR-601"})
_KEY_REFUSED = "INFO-100"
_CODE = re.compile(r"<CODE>\s*([A-Z]+-\d+)\s*</CODE>", re.IGNORECASE)
_MESSAGE = re.compile(r"<MESSAGE>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</MESSAGE>", re.IGNORECASE | re.DOTALL)


def read_page(body: bytes) -> list[Any]:
    """The page's rows, as they are; empty when the API says that there are no more. `FeedError` for all else."""
    if body.lstrip().startswith(b"<"):
        return _read_markup(body.decode("utf-8", "replace"))
    document = parse_json(body)
    if not isinstance(document, dict):
        raise FeedError("not_json", "bikeList answered something that is not JSON", transient=True)
    page = document.get("rentBikeStatus", document)
    result = page.get("RESULT") if isinstance(page, dict) else None
    if isinstance(result, dict) and _refused(text(result.get("CODE")) or OK, text(result.get("MESSAGE")) or ""):
        return []
    rows = page.get("row") if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise FeedError("unexpected_shape", "bikeList answered without rentBikeStatus.row")
    return rows


def read_rows(rows: list[Any]) -> tuple[list[Station], Counter[str]]:
    """The rows as stations, and how many were set aside for which reason. A station sent twice counts once."""
    stations: dict[str, Station] = {}
    rejected: Counter[str] = Counter()
    for row in rows:
        station = _station(row)
        if isinstance(station, str):
            rejected[station] += 1
        elif station.id in stations:
            rejected["duplicate"] += 1
        else:
            stations[station.id] = station
    return list(stations.values()), rejected


def _station(row: Any) -> Station | str:
    """A station, or the reason why not. More bikes than racks is usual: riders lock a bike to a bike."""
    if not isinstance(row, dict):
        return "not_an_object"
    station_id = text(row.get("stationId"))
    if station_id is None:
        return "no_station_id"
    bikes, racks = count(row.get("parkingBikeTotCnt")), count(row.get("rackTotCnt"))
    if bikes is None:
        return "bad_bikes"
    if racks is None:
        return "bad_racks"
    lat, lon = position(row.get("stationLatitude"), row.get("stationLongitude"))
    name = text(row.get("stationName")) or station_id
    return Station(station_id, name, bikes, max(racks - bikes, 0), lat=lat, lon=lon, capacity=racks)


def _read_markup(body: str) -> list[Any]:
    code, message = _CODE.search(body), _MESSAGE.search(body)
    if code is None:
        raise FeedError("html", "bikeList answered a page of HTML", transient=True)
    if _refused(code[1].upper(), message[1].strip() if message else ""):
        return []
    raise FeedError("unexpected_shape", "bikeList answered XML")


def _refused(code: str, message: str) -> bool:
    """True when the API says that there is no data, False when all is well."""
    if code == OK:
        return False
    if code == NO_DATA:
        return True
    if code == _KEY_REFUSED:
        raise FeedError("key_refused", f"Seoul's API refused the key: {code} {message}")
    raise FeedError(code.lower(), f"Seoul's API answered {code} {message}", transient=code in TRANSIENT)
