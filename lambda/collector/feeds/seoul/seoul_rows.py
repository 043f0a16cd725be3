"""What `bikeList` answers: rows of strings, or one of its many ways of saying no, all of them with HTTP status 200."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from collector.errors import FeedError
from collector.parsing.charsets import as_utf8
from collector.parsing.fields import MAX_ID, MAX_NAME, bad_position, parse_json, position, readable, text
from collector.parsing.numbers import below_zero, count
from collector.snapshot import Station

OK, NO_DATA = "INFO-000", "INFO-200"
TRANSIENT = frozenset({"ERROR-500", "ERROR-600", "ERROR-601"})
_KEY_REFUSED = "INFO-100"
_CODES = frozenset({OK, NO_DATA, _KEY_REFUSED, *TRANSIENT, "ERROR-300", "ERROR-301", "ERROR-310"}) | {
    f"ERROR-{number}" for number in range(331, 337)
}
_LONGEST_MESSAGE = 200
_LONGEST_REFUSAL = 64 * 1024  # bytes of markup that are looked at: a refusal has a few hundred


def read_page(body: bytes) -> list[Any]:
    """The page's rows, as they are; empty when the API says that there are no more. `FeedError` for all else."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_markup(as_utf8(body[:_LONGEST_REFUSAL]))
    document = parse_json(body)
    if not isinstance(document, dict):
        raise FeedError("not_json", "bikeList answered something that is not JSON", transient=True)
    page = document.get("rentBikeStatus", document)
    status = page.get("RESULT") if isinstance(page, dict) else None
    if isinstance(status, dict) and _refused(text(status.get("CODE")) or OK, text(status.get("MESSAGE")) or ""):
        return []
    rows = page.get("row") if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise FeedError("unexpected_shape", "bikeList answered without rentBikeStatus.row")
    return rows


def read_rows(rows: list[Any]) -> tuple[list[Station], Counter[str]]:
    """The rows as stations, and how many were set aside or mended for which reason.

    A station sent twice counts once.
    """
    stations: dict[str, Station] = {}
    faults: Counter[str] = Counter()
    for row in rows:
        station = _station(row, faults)
        if isinstance(station, str):
            faults[station] += 1
        elif station.id in stations:
            faults["duplicate"] += 1
        else:
            stations[station.id] = station
    return list(stations.values()), +faults


def _station(row: Any, faults: Counter[str]) -> Station | str:
    """A station, or the reason why not. More bikes than racks is usual: riders lock a bike to a bike."""
    if not isinstance(row, dict):
        return "not_an_object"
    station_id = text(row.get("stationId"))
    if station_id is None:
        return "no_station_id"
    if len(station_id) > MAX_ID:
        return "long_station_id"
    if not readable(station_id):  # several of them could become the same
        return "unreadable_station_id"
    bikes, racks = count(row.get("parkingBikeTotCnt")), count(row.get("rackTotCnt"))
    if bikes is None:
        return "bad_bikes"
    faults["bad_racks"] += racks is None
    faults["negative_bikes"] += below_zero(row.get("parkingBikeTotCnt"))
    faults["negative_racks"] += below_zero(row.get("rackTotCnt"))
    lat, lon = position(row.get("stationLatitude"), row.get("stationLongitude"))
    faults["bad_position"] += bad_position(row.get("stationLatitude"), row.get("stationLongitude"))
    name = _name(text(row.get("stationName")), faults) or station_id
    docks = None if racks is None else max(racks - bikes, 0)
    return Station(station_id, name, bikes, docks, lat=lat, lon=lon, capacity=racks)


def _name(sent: str | None, faults: Counter[str]) -> str | None:
    """The name, cut to `MAX_NAME`; None where its characters could not be decoded."""
    if sent is None:
        return None
    faults["unreadable_name"] += not readable(sent)
    faults["long_name"] += len(sent) > MAX_NAME
    return sent[:MAX_NAME].strip() if readable(sent) else None


def _read_markup(body: bytes) -> list[Any]:
    texts = _elements(body)
    if "CODE" not in texts:
        raise FeedError("html", "bikeList answered a page of HTML", transient=True)
    if _refused(texts["CODE"].strip().upper(), texts.get("MESSAGE", "").strip()):
        return []
    raise FeedError("unexpected_shape", "bikeList answered XML")


def _elements(body: bytes) -> dict[str, str]:
    """The text of the first `CODE` and `MESSAGE` in an XML document in UTF-8, as far as it is well-formed."""
    texts: dict[str, str] = {}
    path: list[str] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name.upper())

    def characters(words: str) -> None:
        if path and path[-1] in ("CODE", "MESSAGE"):
            texts[path[-1]] = (texts.get(path[-1], "") + words)[:_LONGEST_MESSAGE]

    def end(_: str) -> None:
        path.pop()

    def refuse(*_: object) -> None:
        raise _DocumentTypeError

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.StartDoctypeDeclHandler = refuse
    with suppress(expat.ExpatError, _DocumentTypeError, ValueError):  # a page of HTML; what came before counts
        parser.Parse(body, True)  # noqa: FBT003 the parser's way to say that this is all
    return texts


class _DocumentTypeError(Exception):
    """The document declares a type, and with it perhaps entities: no answer of this API does."""


def _refused(code: str, message: str) -> bool:
    """True when the API says that there is no data, False when all is well."""
    if code == OK:
        return False
    if code == NO_DATA:
        return True
    words = f"{code[:20]} {message[:_LONGEST_MESSAGE]}"
    if code == _KEY_REFUSED:
        raise FeedError("key_refused", f"Seoul's API refused the key: {words}")
    reason = code.lower() if code in _CODES else "unknown_code"
    raise FeedError(reason, f"Seoul's API answered {words}", transient=code in TRANSIENT)
