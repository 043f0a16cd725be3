"""A recorded data set, opened: what both the import and the replay start from."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from datetime import datetime
from pathlib import Path

from forecaster.history import SystemRecord
from forecaster.importing.errors import ImportRefused
from forecaster.importing.poll_times import check_polls
from forecaster.importing.row_parts import RowParts
from forecaster.importing.stations_file import describe, open_stations
from forecaster.importing.status_file import open_status
from forecaster.importing.survey import survey
from forecaster.importing.system_identity import SystemHint, identify


class RecordedDataset:
    """A status file and a stations file, looked over once; `parts` reads the rows of the polls that are kept.

    `found` is what the file holds, `table` the stations seen (columns of the history's station table), `named` those of
    the stations file. With `events` rows are changes, filled forward. Opening raises `ImportRefused`.
    """

    def __init__(self, status: Path, stations: Path, *, events: bool = False) -> None:
        self.path = status
        self.named = open_stations(stations)
        source = open_status(status)
        if source.wordy:
            source = source.settled(self._aside())
        self.survey = survey(source)
        if not events:
            check_polls(status, self.survey.polls, self.survey.seen.height)
        self.table = describe(self.named, self.survey.seen)
        self.parts = RowParts(source, self.survey, self.table.select("station_id", known="capacity"), events=events)
        if not len(self.parts.times):
            raise ImportRefused(f"{status}: its events span less than five minutes")

    def between(self, start: datetime | None, end: datetime | None) -> None:
        """Keep only the polls in [start, end). `ImportRefused` when there is none."""
        low = int(start.timestamp()) if start else 0
        self.parts.between(low, int(end.timestamp()) if end else 2**62)
        if not len(self.parts.times):
            bounds = ((f"from {start:%Y-%m-%d %H:%M}",) if start else ()) + (
                (f"before {end:%Y-%m-%d %H:%M}",) if end else ()
            )
            raise ImportRefused(f"{self.path}: no poll {' '.join(bounds)}")

    def system(self, recorded: SystemRecord | None, place: SystemHint | None) -> SystemRecord:
        """Whose recording it is; see `identify`. Without any name the folder's is taken."""
        return identify(self.table, recorded, place or SystemHint(), default_name=self.path.resolve().parent.name)

    def _aside(self) -> Path:
        """A folder that goes when this recording does."""
        folder = Path(tempfile.mkdtemp(prefix="recording-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder
