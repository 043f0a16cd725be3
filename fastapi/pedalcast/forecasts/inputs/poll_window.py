"""The recent polls of a system as arrays in the process: a run reads one stream entry and copies nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from collector.snapshot import POLL_SECONDS, UNLIMITED_DOCKS
from collector.storage.absent_stations import FORGOTTEN_AFTER
from collector.storage.stream_entry import COLUMNS, INSTALLED, RENTING, StreamEntry
from forecaster.window import StationSet, Window

StationLookup = Callable[[tuple[str, ...]], StationSet]
Columns = slice | npt.NDArray[np.intp]

LOOKBACK = timedelta(hours=26)
BIKES, DOCKS, EBIKES, BIKES_RENT = range(4)
_MAPS = 8  # orders of stations remembered: a feed whose pages fail in turn needs a few


class PollWindow:
    """Polls of the last `lookback`, as `Window` views without a copy.

    A row's time is when its counts were observed. What a poll did not name is NaN, and so are docks without number
    (`unlimited` bool[N] says where); a station not named for a day is dropped; another system's poll starts afresh.
    `lookup` returns the metadata of the stations with these ids; it is called when the set of stations changes. Not
    safe for several threads.
    """

    def __init__(self, lookup: StationLookup, lookback: timedelta = LOOKBACK) -> None:
        self._lookup = lookup
        self._lookback = int(lookback.total_seconds())
        self._reset("")

    def _reset(self, system: str) -> None:
        rows = self._lookback // POLL_SECONDS
        self.system = system
        self.ids: tuple[str, ...] = ()
        self.observed_at = np.empty(0, np.int64)  # [N] epoch seconds, when each station was last seen
        self.unlimited = np.empty(0, np.bool_)
        self._times = np.empty(rows + rows // 4 + 2, np.int64)
        self._block = np.empty((4, len(self._times), 0), np.float32)
        self._start = self._end = 0
        self._maps: dict[bytes, Columns] = {}
        self._stations: StationSet | None = None

    def __len__(self) -> int:
        """How many polls lie in the window."""
        return self._end - self._start

    @property
    def last(self) -> int | None:
        """The time of the newest poll, epoch seconds."""
        return int(self._times[self._end - 1]) if len(self) else None

    def extend(self, entries: Iterable[StreamEntry]) -> int:
        """Append these, oldest first; how many were new."""
        return sum([self.append(entry) for entry in entries])

    def append(self, entry: StreamEntry, *, observed_at: int | None = None) -> bool:
        """Take a poll in. False, and nothing changed, when its counts are not newer than the newest ones here.

        `observed_at` (epoch seconds) replaces the poll's own time, where a clock that was ahead has written it.
        """
        if entry.header.system.id != self.system:
            self._reset(entry.header.system.id)
        time = int(entry.header.observed_at.timestamp()) if observed_at is None else observed_at
        if self.last is not None and time <= self.last:
            return False
        columns = self._columns(entry)
        self.tidy()
        self._write(entry, columns)
        self._times[self._end] = time
        self.observed_at[columns] = time
        self._end += 1
        self._start += int(np.searchsorted(self._times[self._start : self._end], time - self._lookback))
        if not entry.header.partial:  # which cannot tell a station that is gone from one on the page that failed
            self._forget(time)
        return True

    def window(self, lookback: timedelta | None = None, *, at: int | None = None) -> Window:
        """The polls of the last `lookback` (default: all), valid until the next `append`.

        With `at` (epoch seconds), a last row of that time in which nothing was observed: how a forecast made without a
        new poll sees the world. Raises ValueError when there is no poll.
        """
        if self.last is None:
            raise ValueError("no poll has been observed yet")
        end, newest = self._end, self.last
        if at is not None and at > newest:
            self.tidy()
            end, newest = self._end + 1, at
            self._times[self._end] = at
            self._block[:, self._end] = np.nan
        start = end - len(self) - (end - self._end)
        if lookback is not None:
            oldest = newest - int(lookback.total_seconds())
            start += int(np.searchsorted(self._times[start:end], oldest))
        rows = self._block[:, start:end]
        return Window(self.stations, self._times[start:end], rows[BIKES], rows[DOCKS], rows[EBIKES], rows[BIKES_RENT])

    @property
    def stations(self) -> StationSet:
        """The stations' metadata, in the columns' order."""
        if self._stations is None:
            self._stations = self._lookup(self.ids)
        return self._stations

    def refresh(self) -> None:
        """Look the stations' metadata up again, now, so that no run waits for it."""
        self._stations = self._lookup(self.ids)

    def tidy(self) -> None:
        """Make room for a row. Call it between runs: every so often it moves the whole window."""
        if self._end < len(self._times):
            return
        if self._start == 0:  # polls come more often than expected
            self._times = np.concatenate([self._times, np.empty_like(self._times)])
            self._block = np.concatenate([self._block, np.empty_like(self._block)], axis=1)
            return
        polls = len(self)
        self._times[:polls] = self._times[self._start : self._end]
        for layer in self._block:
            for row in range(polls):  # row by row: source and target overlap, and a temporary would double the memory
                layer[row] = layer[self._start + row]
        self._start, self._end = 0, polls

    def _write(self, entry: StreamEntry, columns: Columns) -> None:
        row = self._block[:, self._end]
        if not isinstance(columns, slice) or columns.stop != row.shape[1]:
            row[...] = np.nan
        flags = _column(entry, "flags")
        ebikes = _column(entry, "ebikes").astype(np.float32)
        ebikes[ebikes < 0] = np.nan
        row[BIKES, columns] = _column(entry, "bikes")
        docks = _column(entry, "docks")
        self.unlimited[columns] = docks >= UNLIMITED_DOCKS
        countable = (docks >= 0) & (docks < UNLIMITED_DOCKS)
        row[DOCKS, columns] = np.where(countable, docks, np.float32(np.nan))
        row[EBIKES, columns] = ebikes
        row[BIKES_RENT, columns] = flags & (INSTALLED | RENTING) == INSTALLED | RENTING

    def _columns(self, entry: StreamEntry) -> Columns:
        """Where the entry's stations lie; equal bytes of ids mean equal places."""
        columns = self._maps.get(entry.ids_raw)
        if columns is not None:
            return columns
        present = dict.fromkeys(self.ids)
        if any(name not in present for name in entry.ids):
            self._arrange(tuple(dict.fromkeys((*entry.ids, *self.ids))))
        columns = self._places(entry.ids)
        if len(self._maps) >= _MAPS:
            self._maps.pop(next(iter(self._maps)))
        self._maps[entry.ids_raw] = columns
        return columns

    def _places(self, ids: tuple[str, ...]) -> Columns:
        if ids == self.ids[: len(ids)]:
            return slice(0, len(ids))
        index = {name: place for place, name in enumerate(self.ids)}
        return np.array([index[name] for name in ids], np.intp)

    def _arrange(self, ids: tuple[str, ...]) -> None:
        """Give the stations these columns; those not here before get NaN."""
        index = {name: place for place, name in enumerate(self.ids)}
        source = np.array([index.get(name, -1) for name in ids], np.intp)
        old, rows = source >= 0, slice(self._start, self._end)
        block = np.empty((4, len(self._times), len(ids)), np.float32)
        block[:, rows] = np.nan
        for before, after in zip(self._block[:, rows], block[:, rows], strict=True):
            after[:, old] = before[:, source[old]]
        observed = np.zeros(len(ids), np.int64)
        observed[old] = self.observed_at[source[old]]
        unlimited = np.zeros(len(ids), np.bool_)
        unlimited[old] = self.unlimited[source[old]]
        self.ids, self._block, self.observed_at, self.unlimited = ids, block, observed, unlimited
        self._maps, self._stations = {}, None

    def _forget(self, time: int) -> None:
        forgotten = self.observed_at <= time - int(FORGOTTEN_AFTER.total_seconds())
        if forgotten.any():
            self._arrange(tuple(name for name, out in zip(self.ids, forgotten, strict=True) if not out))


def _column(entry: StreamEntry, name: str) -> npt.NDArray[np.integer]:
    return np.frombuffer(entry.column(name), COLUMNS[name])
