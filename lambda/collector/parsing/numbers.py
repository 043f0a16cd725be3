"""Numbers as feeds send them: in strings, below zero, missing. Nothing here raises."""

from __future__ import annotations

import math
from typing import Any

MAX_COUNT = 9_000  # a count above this is a fault, not a station
_MIN_COUNT = -100  # … and so is one further below zero; nearer ones are bikes or docks counted twice
_LONGEST = 40  # characters of a number in a string


def number(value: Any) -> float | None:
    """A finite number, also from a string, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        if len(value) > _LONGEST or "_" in value:  # which Python takes for a separator
            return None
        value = value.replace("\u2212", "-")  # the minus sign of typography
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def count(value: Any) -> int | None:
    """A whole number from 0 to `MAX_COUNT`, else None; a little below zero is 0.

    >>> count("12"), count(-1), count(1.5), count(10_000)
    (12, 0, None, None)
    """
    parsed = number(value)
    if parsed is None or not parsed.is_integer() or not _MIN_COUNT <= parsed <= MAX_COUNT:
        return None
    return max(int(parsed), 0)


def below_zero(value: Any) -> bool:
    """Whether `count` takes the value for 0 because it lies below."""
    parsed = number(value)
    return parsed is not None and _MIN_COUNT <= parsed < 0
