"""Whose recording it is, and where that is."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from forecaster.history import SystemRecord
from forecaster.importing.errors import ImportRefused
from forecaster.timezones import check_timezone, country_of, timezone_of


@dataclass(frozen=True, slots=True)
class SystemHint:
    """What the caller states about the system; None where it is to be derived."""

    name: str | None = None
    timezone: str | None = None
    country: str | None = None


def identify(
    table: pl.DataFrame, recorded: SystemRecord | None, place: SystemHint, *, default_name: str
) -> SystemRecord:
    """The system of a recording: as the caller states it, else as the store has it, else derived from the positions.

    `table` has the stations' `lat` and `lon`. `ImportRefused` when the time zone is unknown or cannot be told.
    """
    name = place.name or (recorded.name if recorded else default_name)
    timezone = place.timezone or (recorded.timezone if recorded else None)
    if timezone is None:
        timezone = timezone_of(table.select("lat", "lon").drop_nulls().iter_rows())
    if timezone is None:
        raise ImportRefused("no station has a position to tell the time zone from: add --timezone, e.g. Asia/Seoul")
    try:
        check_timezone(timezone)
    except ValueError as error:
        raise ImportRefused(str(error)) from error
    country = place.country or (recorded.country if recorded and not place.timezone else country_of(timezone))
    return SystemRecord(recorded.id if recorded else _slug(name), name, timezone, country.upper() if country else None)


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "system"
