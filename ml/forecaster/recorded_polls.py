"""A recorded data set as snapshots, for the feed that plays it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from collector.snapshot import Snapshot, Station, System, window_of
from forecaster.importing import SystemHint
from forecaster.importing.recorded_dataset import RecordedDataset


class RecordedPolls:
    """The polls of a recorded data set in [start, end), oldest first, read a part at a time.

    It takes the files that the import takes and keeps the same polls, so that what is played back is what was imported.
    Opening looks over the whole file (a second for ten million rows) and raises `ImportRefused`.
    """

    def __init__(
        self,
        status: Path,
        stations: Path,
        *,
        events: bool = False,
        place: SystemHint | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> None:
        self._recording = RecordedDataset(status, stations, events=events)
        self._recording.between(start, end)
        self._parts = self._recording.parts
        record = self._recording.system(None, place)
        self.system = System(record.id, record.name, record.timezone)
        self._fixed_by_id = {row["station_id"]: _fixed(row) for row in self._recording.table.iter_rows(named=True)}

    def __len__(self) -> int:
        """How many polls there are."""
        return len(self._parts.times)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The times of the first and the last poll (UTC)."""
        first, last = (datetime.fromtimestamp(int(self._parts.times[at]), UTC) for at in (0, -1))
        return first, last

    def __iter__(self) -> Iterator[Snapshot]:
        for rows, _ in self._parts:
            for poll in rows.sort("ts", maintain_order=True).partition_by("ts", maintain_order=True):
                yield self._snapshot(poll)

    def _snapshot(self, poll: pl.DataFrame) -> Snapshot:
        at: datetime = poll["ts"][0]
        stations = {row["station_id"]: self._station(row) for row in poll.iter_rows(named=True)}
        return Snapshot(self.system, window=window_of(at), observed_at=at, stations=tuple(stations.values()))

    def _station(self, row: dict[str, Any]) -> Station:
        fixed = self._fixed_by_id[row["station_id"]]
        return Station(
            bikes=row["bikes"],
            docks=row["docks"],
            ebikes=row["ebikes"],
            installed=row["is_installed"],
            renting=row["is_renting"],
            returning=row["is_returning"],
            **fixed,
        )


def _fixed(row: dict[str, Any]) -> dict[str, Any]:
    fixed = {name: row[name] for name in ("name", "lat", "lon", "capacity")}
    return {"id": row["station_id"], **fixed, "names": orjson.loads(row["names"]) if row["names"] else {}}
