"""The history of one system: what the archiver and the import write, and what training reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

import polars as pl

from forecaster.history.chunks import read_chunks
from forecaster.history.file_schema import (
    HOUR,
    ROOT,
    STATIONS_KEY,
    SYSTEM_KEY,
    hour_key,
    hours_of,
    read_stations,
    read_status,
    to_parquet,
)
from forecaster.history.hour_arrays import HourReader, to_window
from forecaster.history.hour_files import merge_hour, split_hours
from forecaster.history.station_table import merge_tables, to_stations
from forecaster.history.system_record import SystemRecord
from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore, change, read_object, replaceable
from forecaster.window import HistoryChunk, StationSet, Window

WRITERS = 4
T = TypeVar("T")


class History:
    """History in an object store; several processes may write at once.

    All methods raise the `ObjectError`s of the store. A damaged hour file is left out of what is read, and set aside by
    the next write to that hour; a damaged station table or system record raises `ObjectDamaged` when it is read, and is
    set aside by the next write.

    >>> from forecaster.history.file_schema import STATIONS, STATUS
    >>> from forecaster.objects import open_objects
    >>> history = History(open_objects(tmp_path / "history"))
    >>> history.span() is None
    True
    >>> noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> columns = {"ts": [noon, noon + timedelta(minutes=5)], "station_id": ["ST-1"] * 2, "bikes": [3, 4]}
    >>> rows = pl.DataFrame({name: columns.get(name, [None] * 2) for name in STATUS}, schema=STATUS)
    >>> history.write(rows), history.write(rows)
    (1, 0)
    >>> columns = {"station_id": ["ST-1"], "name": ["City Hall"], "names": ["{}"]}
    >>> history.update_table(pl.DataFrame({name: columns.get(name, [None]) for name in STATIONS}, schema=STATIONS))
    >>> history.window(noon, noon + timedelta(hours=1)).bikes.ravel().tolist()
    [3.0, 4.0]
    """

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects

    def system(self) -> SystemRecord | None:
        """Whose history this is; None when nothing was written yet."""
        return self._read(SYSTEM_KEY, SystemRecord.from_json)

    def set_system(self, record: SystemRecord) -> None:
        """Write whose history this is."""

        def edit(data: bytes | None) -> bytes:
            replaceable(self.objects, SYSTEM_KEY, data, SystemRecord.from_json)
            return record.to_json()

        change(self.objects, SYSTEM_KEY, edit)

    def table(self) -> pl.DataFrame | None:
        """The station table (`file_schema.STATIONS`), sorted by id; None when there is none yet."""
        return self._read(STATIONS_KEY, read_stations)

    def update_table(self, rows: pl.DataFrame) -> None:
        """Add or amend stations (columns of `file_schema.STATIONS`): known values replace older ones."""

        def edit(data: bytes | None) -> bytes:
            return to_parquet(merge_tables(replaceable(self.objects, STATIONS_KEY, data, read_stations), rows))

        change(self.objects, STATIONS_KEY, edit)

    def stations(self) -> StationSet:
        """All stations ever seen, sorted by id: the columns of every window."""
        table = self.table()
        if table is None:
            raise ObjectNotFound(f"no history in {self.objects!r}: there is no station table yet")
        return to_stations(table, self.system())

    def write(self, rows: pl.DataFrame) -> int:
        """Merge rows (columns of `file_schema.STATUS`) into their hour files; how many files changed.

        A row that is there already (same `ts` and `station_id`) is left as it is: writing twice changes nothing. Each
        file is replaced as a whole, and only if nobody else changed it meanwhile.
        """
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="history") as pool:
            rows_by_hour = split_hours(rows)
            return sum(pool.map(lambda of_hour: merge_hour(self.objects, of_hour[0], of_hour[1]), rows_by_hour))

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last poll's time (UTC); None when there is no poll."""
        hours = self.hours(0, None)
        if not hours:
            return None
        first, last = self._end_of(hours, "min"), self._end_of(reversed(hours), "max")
        return (first, last) if first and last else None

    def windows(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback: timedelta = timedelta(0),
        lookahead: timedelta = timedelta(0),
        chunk: timedelta = timedelta(days=1),
    ) -> Iterator[HistoryChunk]:
        """Walk over [start, end) in chunks, each with `lookback` before and `lookahead` after it, oldest first.

        All stations are columns in the order of `stations()`, NaN where absent; rows are the system's own poll times.
        One chunk's window is held at a time; every file is read once.
        """
        span = int(start.timestamp()), int(end.timestamp())
        around = int(lookback.total_seconds()), int(lookahead.total_seconds())
        hours = self.hours(span[0] - around[0], span[1] + around[1])
        reader = HourReader(self.stations())
        return read_chunks(self.objects, reader, hours, span=span, step=int(chunk.total_seconds()), around=around)

    def window(self, start: datetime, end: datetime) -> Window:
        """All polls in [start, end] as one window."""
        low, high = int(start.timestamp()), int(end.timestamp())
        stations = self.stations()
        reader = HourReader(stations)
        hours = self.hours(low, high)
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="history") as pool:
            read = list(pool.map(lambda hour: reader.read(self.objects, hour), hours))
        return to_window(stations, [arrays for arrays in read if arrays is not None], low, high)

    def hours(self, start: int, end: int | None) -> list[int]:
        """The starts of the hours with a file that overlap [start, end], oldest first; all of epoch seconds."""
        hours = hours_of(self.objects.list(_common_prefix(start, end)))
        return [hour for hour in hours if hour + HOUR > start and (end is None or hour <= end)]

    def _end_of(self, hours: Iterable[int], end: Literal["min", "max"]) -> datetime | None:
        """The first or last poll's time of the first of these hours that has one and can be read."""
        for hour in hours:
            try:
                times = read_object(self.objects, hour_key(hour), read_status)["ts"]
            except (ObjectDamaged, ObjectNotFound):
                continue
            time = times.min() if end == "min" else times.max()
            if isinstance(time, datetime):
                return time
        return None

    def _read(self, key: str, decode: Callable[[bytes], T]) -> T | None:
        try:
            return read_object(self.objects, key, decode)
        except ObjectNotFound:
            return None


def _common_prefix(start: int, end: int | None) -> str:
    """What all keys of these days begin with: the shorter the span, the shorter the listing."""
    if end is None:
        return ROOT + "date="
    days = [f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d}" for epoch in (max(start, 0), end)]
    same = next((n for n, (a, b) in enumerate(zip(*days, strict=True)) if a != b), len(days[0]))
    return f"{ROOT}date={days[0][:same]}"
