"""The import itself: two looks over the files, the first for what there is, the second to write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forecaster.history import History, SystemRecord
from forecaster.importing.errors import ImportRefused
from forecaster.importing.parts import Parts
from forecaster.importing.place import Place, identify
from forecaster.importing.polls import check_polls
from forecaster.importing.stations import describe, open_stations
from forecaster.importing.status import open_status
from forecaster.importing.survey import survey


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


def import_recorded(
    history: History,
    status: Path,
    stations: Path,
    *,
    events: bool = False,
    place: Place | None = None,
    until: datetime | None = None,
    progress: Callable[[float], None] | None = None,
) -> ImportReport:
    """Bring a recorded data set, or what of it lies before `until`, into `history`. A second run changes nothing.

    `events` says that the rows are changes, to be filled forward. Memory is bounded however long the recording.
    `progress` hears the share done, 0 to 1. Raises `ImportRefused` and the store's `ObjectError`.
    """
    source, named = open_status(status), open_stations(stations)
    found = survey(source)
    if not events:
        check_polls(status, found.polls, found.seen.height)
    table = describe(named, found.seen)
    record = identify(table, history.system(), place or Place(), default_name=status.resolve().parent.name)
    parts = Parts(source, found, table.select("station_id", known="capacity"), events=events)
    if not len(parts.times):
        raise ImportRefused(f"{status}: its events span less than five minutes")
    if until is not None:
        parts.between(0, int(until.timestamp()))
        if not len(parts.times):
            raise ImportRefused(f"{status}: no poll before {until:%Y-%m-%d %H:%M}")
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
