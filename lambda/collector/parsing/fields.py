"""Fields as feeds send them: integers for texts and booleans, nulls anywhere. Nothing here raises."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from collector.parsing.numbers import number

MAX_ID = 128  # characters of a station's id
MAX_NAME = 200  # characters of a name
_LARGEST = 10**30  # an integer of more digits is no id
_MAX_CONTAINERS, _MAX_VALUES = 2_000_000, 8_000_000  # what a hundred thousand stations need, several times over
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def parse_json(body: bytes) -> Any:
    """The document, or None when it is no JSON, or one of more values than any feed has; broken characters become
    U+FFFD."""
    if body.count(b"{") + body.count(b"[") > _MAX_CONTAINERS or body.count(b",") > _MAX_VALUES:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def text(value: Any) -> str | None:
    """A string with something in it (integers are written out), else None. Control characters become spaces."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < _LARGEST else None
    if not isinstance(value, str):
        return None
    return _CONTROL.sub(" ", value.encode("utf-8", "replace").decode()).strip() or None


def short_text(value: Any, longest: int) -> str | None:
    """A string of at most so many characters, else None."""
    words = text(value)
    return words if words is not None and len(words) <= longest else None


def readable(words: str | None) -> bool:
    """Whether a text came through whole: U+FFFD stands where its characters could not be decoded."""
    return words is not None and "\ufffd" not in words


def flag(value: Any, default: bool) -> bool:  # noqa: FBT001 the value stands where it is missing
    """A boolean, also as 0 or 1 or in words, else the default."""
    if isinstance(value, str):
        return _BOOLEANS.get(value.strip().lower(), default)
    return bool(value) if isinstance(value, bool | int | float) else default


def bad_position(lat: Any, lon: Any) -> bool:
    """Whether something was sent for a position that is none: one coordinate alone, or words that are no number."""
    sent = [value for value in (lat, lon) if value is not None and value != ""]
    return bool(sent) and (number(lat) is None or number(lon) is None)


def position(lat: Any, lon: Any) -> tuple[float, float] | tuple[None, None]:
    """Degrees, or two Nones where missing or both 0.0 (which feeds send for "unknown").

    Nothing says yet that the point is on this globe, or near the city: see `feeds.station_positions`.
    """
    north, east = number(lat), number(lon)
    if north is None or east is None or (north == 0 and east == 0):
        return None, None
    return north, east
