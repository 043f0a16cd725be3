"""One station's past out of the hour files. Hours that are over are kept in memory, so that many can ask for a week."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from collector.snapshot import UNLIMITED_DOCKS
from forecaster.history.file_schema import HOUR, hour_key, read_status
from forecaster.history.history import History
from forecaster.objects import ObjectDamaged, ObjectNotFound, decode_object

KEPT_BYTES = 48_000_000  # a week of 3,000 stations
OPEN_S = 2 * HOUR  # an hour is written to for so long after its end, and not kept till then
REREAD_S = 600.0  # a late import shows in a kept hour after at most that long
ABSENT, UNKNOWN = -2, -1


@dataclass(frozen=True, slots=True)
class PastPoll:
    """A station at one archived poll; `at` is epoch seconds, `docks` and `ebikes` are None where unknown.

    Where any number of bikes fits, `docks` is `UNLIMITED_DOCKS`.
    """

    at: int
    bikes: int
    docks: int | None
    ebikes: int | None
    renting: bool

    @property
    def unlimited(self) -> bool:
        """Whether any number of bikes fitted."""
        return self.docks == UNLIMITED_DOCKS


@dataclass(slots=True)
class _Hour:
    """All polls of an hour: counts int16[3, polls, stations] (bikes, docks, ebikes), renting bool[polls, stations]."""

    etag: str
    read_at: float
    ids: tuple[str, ...]
    times: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int16]
    renting: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        return self.times.nbytes + self.counts.nbytes + self.renting.nbytes


class PastReader:
    """Reads the archived polls of single stations. For any number of threads.

    An hour that is over is kept, up to `KEPT_BYTES` in all and the hours asked for last; after `REREAD_S` its file is
    fetched again, and decoded when it has changed. `monotonic` is the machine's clock, for tests.
    """

    def __init__(
        self, history: History, *, kept_bytes: int = KEPT_BYTES, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._history = history
        self._kept_bytes = kept_bytes
        self._monotonic = monotonic
        self._kept: OrderedDict[int, _Hour] = OrderedDict()
        self._ids: tuple[str, ...] = ()
        self._positions: dict[str, int] = {}
        self._lock = threading.Lock()

    def series(self, station_id: str, start: int, end: int, *, now: int) -> list[PastPoll]:
        """The station's archived polls in [start, end], oldest first; empty where there are none.

        All times are epoch seconds; `now` tells which hours are over. A damaged hour is left out. Raises
        `StoreUnavailable`.
        """
        polls: list[PastPoll] = []
        for number in self._history.hours(start, end):
            hour = self._hour(number, closed=number + HOUR + OPEN_S <= now)
            if hour is not None and (column := self._column(hour, station_id)) is not None:
                polls += _polls_of(hour, column, start, end)
        return polls

    def kept_hours(self) -> int:
        """How many hours are kept in memory."""
        return len(self._kept)

    def _hour(self, number: int, *, closed: bool) -> _Hour | None:
        with self._lock:
            kept = self._kept.get(number)
            if kept is not None:
                self._kept.move_to_end(number)
        if kept is not None and closed and self._monotonic() - kept.read_at < REREAD_S:
            return kept
        try:
            hour = self._read(number, kept)
        except (ObjectDamaged, ObjectNotFound):
            return None
        if closed:
            self._keep(number, hour)
        return hour

    def _read(self, number: int, kept: _Hour | None) -> _Hour:
        key = hour_key(number)
        blob = self._history.objects.get(key)
        now = self._monotonic()
        if kept is not None and kept.etag == blob.etag:
            kept.read_at = now
            return kept
        rows = decode_object(self._history.objects, key, blob.data, read_status)
        return _pivot(rows, blob.etag, now, self._shared)

    def _keep(self, number: int, hour: _Hour) -> None:
        with self._lock:
            self._kept[number] = hour
            while len(self._kept) > 1 and sum(each.size for each in self._kept.values()) > self._kept_bytes:
                self._kept.popitem(last=False)

    def _shared(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The same ids as one object for all hours that have them: stations seldom change."""
        with self._lock:
            if ids != self._ids:
                self._ids, self._positions = ids, {name: column for column, name in enumerate(ids)}
            return self._ids

    def _column(self, hour: _Hour, station_id: str) -> int | None:
        with self._lock:
            if hour.ids is self._ids:
                return self._positions.get(station_id)
        return hour.ids.index(station_id) if station_id in hour.ids else None


def _pivot(rows: pl.DataFrame, etag: str, now: float, shared: Callable[[tuple[str, ...]], tuple[str, ...]]) -> _Hour:
    ids = rows["station_id"].unique().sort()
    column = rows["station_id"].cast(pl.Enum(ids)).to_physical().to_numpy()
    times, row = np.unique(rows["ts"].dt.epoch("s").to_numpy(), return_inverse=True)
    counts = np.full((3, len(times), len(ids)), ABSENT, np.int16)
    for layer, name in zip(counts, ("bikes", "docks", "ebikes"), strict=True):
        layer[row, column] = rows[name].fill_null(UNKNOWN).to_numpy()
    open_for = (rows["is_renting"] & rows["is_installed"]).fill_null(value=False)
    renting = np.zeros(counts.shape[1:], np.bool_)
    renting[row, column] = open_for.to_numpy()
    return _Hour(etag, now, shared(tuple(ids)), times, counts, renting)


def _polls_of(hour: _Hour, column: int, start: int, end: int) -> Iterator[PastPoll]:
    for row, at in enumerate(hour.times.tolist()):
        bikes, docks, ebikes = (int(count) for count in hour.counts[:, row, column])
        if start <= at <= end and bikes >= 0:
            known_docks, known_ebikes = (count if count >= 0 else None for count in (docks, ebikes))
            yield PastPoll(at, bikes, known_docks, known_ebikes, bool(hour.renting[row, column]))
