"""Announces that an operation goes: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), in answers and description."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Response

SUNSET_KEY = "x-sunset"


def deprecated(since: datetime, sunset: datetime, *, successor: str | None = None) -> dict[str, Any]:
    """The keywords of a route that goes at `sunset`; `successor` is the path to use in its place.

    >>> from fastapi import APIRouter
    >>> router, since, sunset = APIRouter(), datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
    >>> @router.get("/old", **deprecated(since, sunset, successor="/new"))
    ... def old() -> None: ...
    """
    headers = {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": format_datetime(sunset.astimezone(UTC), usegmt=True),
    }
    if successor is not None:
        headers["Link"] = f'<{successor}>; rel="successor-version"'

    def announce(response: Response) -> None:
        response.headers.update(headers)

    return {
        "deprecated": True,
        "dependencies": [Depends(announce)],
        "openapi_extra": {SUNSET_KEY: sunset.date().isoformat()},
    }
