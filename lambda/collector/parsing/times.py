"""Times as feeds write them: POSIX seconds or finer, RFC 3339, HTTP dates, and local times without an offset."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from collector.parsing.numbers import number

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_UNITS = (1.0, 1e3, 1e6, 1e9)  # seconds, milliseconds, microseconds, nanoseconds
_LONGEST = 64
_COMPACT = re.compile(r"20\d{10}(?:\d\d)?", re.ASCII)  # 20261120100500 or 202611201005
_OFFSET = re.compile(r"\s{0,4}(?:(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?|Z|UTC|GMT)$")
_ZONE_NAME = re.compile(r"\[[\w/+-]{1,40}\]$", re.ASCII)  # RFC 9557's suffix, which repeats what the offset says
_ABBREVIATION = re.compile(r"(?<=[\d\s])[A-Z]{2,5}$")
_FRACTION = re.compile(r"([.,]\d{6})\d+")
_SLASHES = re.compile(r"(\d{4})([/.])(\d\d)\2(\d\d)(?=[T\s])")  # 2026/11/20 10:05 or 2026.11.20 10:05
_EDGE = re.compile(r"(?<=\d)(?:T|\s)(24:00(?::00)?|\d\d:\d\d:60)(?!\d)")  # the end of a day, a leap second
_DOT_NET = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")


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
        value = unicodedata.normalize("NFKC", value[: 2 * _LONGEST]).strip()[: _LONGEST + 1].replace("\u2212", "-")
        if dot_net := _DOT_NET.fullmatch(value):
            return _posix(int(dot_net[1]) / 1000)
        if _COMPACT.fullmatch(value):
            return _of_this_century(_local(_iso(f"{value[:8]}T{value[8:]}"), zone, at))
    elif isinstance(value, int | float) and not isinstance(value, bool) and _COMPACT.fullmatch(str(value)[:_LONGEST]):
        return moment(str(value), zone, at)
    seconds = number(value)
    if seconds is not None:
        return _posix(seconds)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return _of_this_century(
        _local(_iso(value), zone, at) or _abbreviated(value, zone, at) or _mail_date(value, zone, at)
    )


def http_date(words: str) -> datetime | None:
    """The time in an HTTP date (RFC 9110, 5.6.7) or another date of mail (RFC 5322); None when it is none."""
    return _mail_date(words, UTC, None)


def _mail_date(words: str, zone: tzinfo, at: datetime | None) -> datetime | None:
    """A date of mail, in `zone` where it names none; None where it names one that nobody knows."""
    if not 16 <= len(words) <= _LONGEST:
        return None
    try:
        stated = parsedate_to_datetime(words)
        if stated.tzinfo is None and words.endswith("-0000"):  # UTC, of a place that does not say where it is
            stated = stated.replace(tzinfo=UTC)
        elif stated.tzinfo is None and words[-1:].isalpha() and words[-2:].upper() not in ("AM", "PM"):
            return None
        local = _local(stated, zone, at)
        return local.astimezone(UTC) if local is not None else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _abbreviated(words: str, zone: tzinfo, at: datetime | None) -> datetime | None:
    """A time with one of its zone's own abbreviations behind it, as "2026-11-20 19:05:00 KST"."""
    found = _ABBREVIATION.search(words)
    if found is None:
        return None
    bare = words[: found.start()].rstrip()
    stated = _iso(bare) or _bare_mail_date(bare)
    if stated is None or stated.tzinfo is not None:
        return None
    ways = (stated.replace(tzinfo=zone, fold=1), stated.replace(tzinfo=zone, fold=0))
    named = [way for way in ways if way.tzname() == found[0]]
    return next((way for way in named if at is None or way.timestamp() <= at.timestamp()), named[0] if named else None)


def _bare_mail_date(words: str) -> datetime | None:
    try:
        return parsedate_to_datetime(words) if len(words) >= 16 else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _posix(seconds: float) -> datetime | None:
    for unit in _UNITS:
        if _EARLIEST <= seconds / unit <= _LATEST:
            return datetime.fromtimestamp(int(seconds / unit), UTC)
    return None


def _iso(words: str) -> datetime | None:
    """RFC 3339 and its relatives; without an offset the result has none."""
    upper = _SLASHES.sub(r"\1-\3-\4", _ZONE_NAME.sub("", words).upper())
    offset = _OFFSET.search(upper) if ":" in upper or "T" in upper else None
    body = _FRACTION.sub(r"\1", upper[: offset.start()] if offset else upper)
    if not body[:4].isdecimal():
        return None
    edge = _EDGE.search(body)
    if edge is not None:
        body = f"{body[: edge.start(1)]}{'23:59:59' if edge[1].startswith('24') else edge[1][:6] + '59'}"
    try:
        stated = datetime.fromisoformat(body + _utc_offset(offset)) + timedelta(seconds=edge is not None)
    except (ValueError, OverflowError):
        return None
    return stated


def _utc_offset(found: re.Match[str] | None) -> str:
    """`+HH:MM`; nothing where none was found."""
    if found is None:
        return ""
    return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}" if found[1] else "+00:00"


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
