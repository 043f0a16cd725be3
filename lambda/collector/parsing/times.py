"""Times as feeds write them: POSIX seconds or finer, RFC 3339, HTTP dates, and local times without an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from collector.parsing.numbers import number

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_UNITS = (1.0, 1e3, 1e6, 1e9)  # seconds, milliseconds, microseconds, nanoseconds
_LONGEST = 64
_COMPACT = re.compile(r"20\d{10}(?:\d\d)?", re.ASCII)  # 20261120100500 or 202611201005
_OFFSET = re.compile(r"\s{0,4}(?:(?:UTC|GMT)?([+-]\d\d:?\d\d)|Z|UTC|GMT)$")
_FRACTION = re.compile(r"([.,]\d{6})\d+")


def moment(value: Any, zone: tzinfo = UTC, at: datetime | None = None) -> datetime | None:
    """The time in UTC, whole seconds; None when missing, unreadable or not of this century.

    Numbers (also in strings) are POSIX seconds, or milli-, micro- or nanoseconds by their size. A time without an
    offset is local time of `zone`; of the two it means when clocks are put back, the later one that is not after `at`.

    >>> moment(1795169100500).isoformat()
    '2026-11-20T10:05:00+00:00'
    >>> moment("Fri, 20 Nov 2026 10:05:00 GMT") == moment("2026-11-20t10:05:00.25z")
    True
    """
    if isinstance(value, str):
        value = value.strip()[: _LONGEST + 1]
        if _COMPACT.fullmatch(value):
            return _of_this_century(_local(_iso(f"{value[:8]}T{value[8:]}"), zone, at))
    elif isinstance(value, int | float) and not isinstance(value, bool) and _COMPACT.fullmatch(str(value)[:_LONGEST]):
        return moment(str(value), zone, at)
    seconds = number(value)
    if seconds is not None:
        return _posix(seconds)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return _of_this_century(_local(_iso(value), zone, at) or http_date(value))


def http_date(words: str) -> datetime | None:
    """The time in an HTTP date (RFC 9110, 5.6.7) or another date of mail (RFC 5322); None when it is none."""
    if not 16 <= len(words) <= _LONGEST:
        return None
    try:
        stated = parsedate_to_datetime(words)
        return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _posix(seconds: float) -> datetime | None:
    for unit in _UNITS:
        if _EARLIEST <= seconds / unit <= _LATEST:
            return datetime.fromtimestamp(int(seconds / unit), UTC)
    return None


def _iso(words: str) -> datetime | None:
    """RFC 3339 and its relatives; without an offset the result has none."""
    upper = words.upper()
    offset = _OFFSET.search(upper)
    body = _FRACTION.sub(r"\1", upper[: offset.start()] if offset else upper)
    if not body[:4].isdecimal():
        return None
    try:
        stated = datetime.fromisoformat(body + ((offset[1] or "+00:00") if offset else ""))
    except (ValueError, OverflowError):
        return None
    return stated


def _local(stated: datetime | None, zone: tzinfo, at: datetime | None) -> datetime | None:
    if stated is None or stated.tzinfo is not None:
        return stated
    later = stated.replace(tzinfo=zone, fold=1)
    return later if at is None or later.timestamp() <= at.timestamp() else stated.replace(tzinfo=zone, fold=0)


def _of_this_century(stated: datetime | None) -> datetime | None:
    if stated is None:
        return None
    try:
        return _posix_seconds(stated)
    except (OverflowError, ValueError):
        return None


def _posix_seconds(stated: datetime) -> datetime | None:
    seconds = (stated - datetime.fromtimestamp(0, UTC)) // timedelta(seconds=1)
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds <= _LATEST else None
