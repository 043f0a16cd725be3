"""What a server asks for by `Retry-After` (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime

from collector.parsing.times import http_date, moment

LONGEST = 86_400.0


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait, from a number (fractions are allowed) or a date (of HTTP, RFC 3339); None when it is neither.

    >>> retry_after_seconds("1.5")
    1.5
    >>> retry_after_seconds("Fri, 20 Nov 2026 10:05:30 GMT", datetime(2026, 11, 20, 10, 5, tzinfo=UTC))
    30.0
    """
    words = (value or "").strip(' \t"')
    try:
        seconds = float(words) if words.isascii() and words.replace(".", "", 1).isdigit() else None
    except (ValueError, OverflowError):
        seconds = None
    if seconds is None:
        at = http_date(words) or moment(words)
        if at is None:
            return None
        seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST)
