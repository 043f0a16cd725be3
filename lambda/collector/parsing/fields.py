"""Values as feeds send them: numbers in strings, integers for booleans, nulls anywhere. Nothing here raises."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import orjson

MAX_COUNT = 9_000  # a count above this is a fault, not a station
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def parse_json(body: bytes) -> Any:
    """The document, or None when it is no JSON; a byte order mark and broken characters are forgiven."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def text(value: Any) -> str | None:
    """A string with something in it (integers are written out), else None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode().strip() or None


def number(value: Any) -> float | None:
    """A finite number, also from a string, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: Any) -> int | None:
    """A whole number from 0 to `MAX_COUNT`, else None."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() and 0 <= found <= MAX_COUNT else None


def flag(value: Any, default: bool) -> bool:  # noqa: FBT001 the value stands where it is missing
    """A boolean, also as 0 or 1 or in words, else the default."""
    if isinstance(value, str):
        return _BOOLEANS.get(value.strip().lower(), default)
    return bool(value) if isinstance(value, bool | int | float) else default


def position(lat: Any, lon: Any) -> tuple[float, float] | tuple[None, None]:
    """Degrees WGS 84, or two Nones where missing, impossible, or 0.0 (which feeds send for "unknown")."""
    north, east = number(lat), number(lon)
    if not north or not east or abs(north) > 90 or abs(east) > 180:
        return None, None
    return north, east


def moment(value: Any) -> datetime | None:
    """A time from POSIX seconds (also in a string) or RFC 3339; None when missing or not of this century."""
    seconds = number(value)
    if seconds is None:
        seconds = _rfc3339(value)
    if seconds is None or not _EARLIEST <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def _rfc3339(value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
