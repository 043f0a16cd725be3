"""The import itself: two looks over the files, the first for what there is, the second to write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forecaster.history import History, SystemRecord
from forecaster.importing.recorded_dataset import RecordedDataset
from forecaster.importing.system_identity import SystemHint


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
    place: SystemHint | None = None,
    until: datetime | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> ImportReport:
    """Bring a recorded data set, or what of it lies before `until`, into `history`. A second run changes nothing.

    `events` says that the rows are changes, to be filled forward. Memory is bounded however long the recording.
    `on_progress` is called with the share done, 0 to 1. Raises `ImportRefused` and the store's `ObjectError`.
    """
    recording = RecordedDataset(status, stations, events=events)
    recording.between(None, until)
    record = recording.system(history.system(), place)
    history.set_system(record)
    history.update_table(recording.table)
    rows = changed = 0
    for part, share in recording.parts:
        changed += history.write(part)
        rows += part.height
        if on_progress:
            on_progress(share)
    return _report(recording, record, rows, changed)


def _report(recording: RecordedDataset, record: SystemRecord, rows: int, changed: int) -> ImportReport:
    survey, table, times = recording.survey, recording.table, recording.parts.times
    return ImportReport(
        system=record,
        rows_read=survey.rows,
        rejected=survey.rejected,
        polls=survey.polls.height,
        polls_kept=len(times),
        rows_kept=rows,
        stations=table.height,
        stations_unnamed=table.join(recording.named, on="station_id", how="anti").height,
        first=datetime.fromtimestamp(int(times[0]), UTC),
        last=datetime.fromtimestamp(int(times[-1]), UTC),
        changed_files=changed,
    )
