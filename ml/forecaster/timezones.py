"""Where a system is: its time zone from its stations' positions, its country from the time zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SAMPLE = 25  # stations asked; a city lies in one time zone, a few wrong positions must not move it


def timezone_of(positions: Iterable[tuple[float, float]]) -> str | None:
    """The IANA time zone that most of the (lat, lon) positions (degrees WGS 84) lie in; None without positions."""
    places = list(positions)
    sample = places[:: max(1, len(places) // SAMPLE)]
    if not sample:
        return None
    # Loading the map of time zones takes half a second: only an import waits for it.
    from timezonefinder import TimezoneFinder  # noqa: PLC0415

    finder = TimezoneFinder()
    zones = Counter(finder.timezone_at(lat=lat, lng=lon) for lat, lon in sample)
    return zones.most_common(1)[0][0]


def country_of(timezone: str) -> str | None:
    """The ISO 3166 alpha-2 code of the country of an IANA time zone; None for zones of no one country."""
    return _countries().get(timezone)


def check_timezone(name: str) -> str:
    """`name` itself when it is a known IANA time zone, else `ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone: {name!r} (an IANA name is needed, for example Asia/Seoul)") from error
    return name


@cache
def _countries() -> dict[str, str]:
    """Time zone -> country, from `zone.tab` of the time zone database: code, coordinates, zone, remark, by tabs."""
    text = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
