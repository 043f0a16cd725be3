"""The import itself: two looks over the files, the first for what there is, the second to write it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from forecaster.history import History, SystemRecord
from forecaster.importing.errors import ImportRefused
from forecaster.importing.parts import Parts
from forecaster.importing.polls import check_polls
from forecaster.importing.stations import describe, open_stations
from forecaster.importing.status import open_status
from forecaster.importing.survey import survey
from forecaster.places import check_timezone, country_of, timezone_of


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: `rejected` counts rows set aside by reason, `changed_files` is 0 when all was there."""

    system: SystemRecord
    rows_read: int
    rejected: dict[str, int]
    polls: int
    polls_kept: int
    rows_kept: int
    stations: int
    stations_unnamed: int
    first: datetime
    last: datetime
    changed_files: int


@dataclass(frozen=True, slots=True)
class Place:
    """What the caller says of the system; what is None is found out."""

    name: str | None = None
    timezone: str | None = None
    country: str | None = None


def import_recorded(
    history: History,
    status: Path,
    stations: Path,
    *,
    events: bool = False,
    place: Place | None = None,
    progress: Callable[[float], None] | None = None,
) -> ImportReport:
    """Bring a recorded data set into `history`. Run twice, the second run changes nothing.

    `events` says that the rows are changes, to be filled forward. Memory is bounded however long the recording.
    `progress` hears the share done, 0 to 1. Raises `ImportRefused` and the store's `ObjectError`.
    """
    source, named = open_status(status), open_stations(stations)
    found = survey(source)
    if not events:
        check_polls(status, found.polls, found.seen.height)
    table = describe(named, found.seen)
    record = _record(table, history.system(), place or Place(), default_name=status.resolve().parent.name)
    parts = Parts(source, found, table.select("station_id", known="capacity"), events=events)
    if not len(parts.times):
        raise ImportRefused(f"{status}: its events span less than five minutes")
    history.set_system(record)
    history.update_table(table)
    rows = changed = 0
    for part, share in parts:
        changed += history.write(part)
        rows += part.height
        if progress:
            progress(share)
    return ImportReport(
        system=record,
        rows_read=found.rows,
        rejected=found.rejected,
        polls=found.polls.height,
        polls_kept=len(parts.times),
        rows_kept=rows,
        stations=table.height,
        stations_unnamed=table.join(named, on="station_id", how="anti").height,
        first=datetime.fromtimestamp(int(parts.times[0]), UTC),
        last=datetime.fromtimestamp(int(parts.times[-1]), UTC),
        changed_files=changed,
    )


def _record(table: pl.DataFrame, known: SystemRecord | None, place: Place, *, default_name: str) -> SystemRecord:
    """Whose recording this is: what the caller says, else what the store knows, else what the positions tell."""
    name = place.name or (known.name if known else default_name)
    timezone = place.timezone or (known.timezone if known else None)
    if timezone is None:
        timezone = timezone_of(table.select("lat", "lon").drop_nulls().iter_rows())
    if timezone is None:
        raise ImportRefused("no station has a position to tell the time zone from: add --timezone, e.g. Asia/Seoul")
    country = place.country or (known.country if known and not place.timezone else country_of(timezone))
    return SystemRecord(
        id=known.id if known else _slug(name),
        name=name,
        timezone=check_timezone(timezone),
        country=country.upper() if country else None,
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "system"
