"""The last hours of polls in the process: what a station's recent past is answered from."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from collector.storage.snapshot_store import StreamEntry
from collector.storage.stream_entry import COLUMNS, INSTALLED, RENTING
from forecaster.history.past_reader import PastPoll

Counts = npt.NDArray[np.int16]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Poll:
    window: int
    at: int
    position: dict[str, int]
    bikes: npt.NDArray[np.int16]
    docks: npt.NDArray[np.int16]
    ebikes: npt.NDArray[np.int16]
    flags: npt.NDArray[np.uint8]


class RecentPolls:
    """Polls of the last `span`, oldest first. Written by one thread, read by many."""

    def __init__(self, span: timedelta) -> None:
        self._span_s = int(span.total_seconds())
        self._polls: deque[_Poll] = deque()
        self._ids_raw = b""
        self._position: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, entry: StreamEntry) -> None:
        """Add the next poll; what is older than `span` before it goes. A poll that is not newer changes nothing."""
        poll = self._poll(entry)
        with self._lock:
            if self._polls and poll.window == self._polls[-1].window:
                return
            while self._polls and poll.window < self._polls[-1].window:
                self._polls.pop()  # a clock was ahead: its polls have been replaced
            self._polls.append(poll)
            while self._polls[0].window < poll.window - self._span_s:
                self._polls.popleft()

    def series(self, station_id: str, start: int, end: int) -> list[PastPoll]:
        """The station's observations in [start, end], epoch seconds, oldest first."""
        with self._lock:
            polls = [poll for poll in self._polls if start <= poll.at <= end]
        places = ((poll, poll.position.get(station_id)) for poll in polls)
        return [_observation(poll, place) for poll, place in places if place is not None]

    def times(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """When the polls in [start, end) were observed, epoch seconds, oldest first."""
        with self._lock:
            return np.array([poll.at for poll in self._polls if start <= poll.at < end], np.int64)

    def counts(self, ids: tuple[str, ...], start: int, end: int) -> tuple[Counts, Counts]:
        """Bikes and docks of these stations at the polls in [start, end), int16[N, T]; -1 where unknown."""
        with self._lock:
            polls = [poll for poll in self._polls if start <= poll.at < end]
        bikes, docks = (np.full((len(ids), len(polls)), -1, np.int16) for _ in range(2))
        places: dict[int, tuple[Places, Places]] = {}  # polls mostly share one index
        for column, poll in enumerate(polls):
            if id(poll.position) not in places:
                places[id(poll.position)] = _places(ids, poll.position)
            rows, columns = places[id(poll.position)]
            bikes[rows, column], docks[rows, column] = poll.bikes[columns], poll.docks[columns]
        return np.maximum(bikes, -1), np.maximum(docks, -1)

    @property
    def since(self) -> int | None:
        """When the oldest poll kept was observed (epoch seconds), None when there is none."""
        with self._lock:
            return self._polls[0].at if self._polls else None

    def _poll(self, entry: StreamEntry) -> _Poll:
        if entry.ids_raw != self._ids_raw:  # stations seldom change: polls share one index
            self._ids_raw = entry.ids_raw
            self._position = {name: at for at, name in enumerate(entry.ids)}
        return _Poll(
            window=int(entry.header.window.timestamp()),
            at=int(entry.header.observed_at.timestamp()),
            position=self._position,
            bikes=_copy(entry, "bikes"),
            docks=_copy(entry, "docks"),
            ebikes=_copy(entry, "ebikes"),
            flags=_copy(entry, "flags"),
        )


def _places(ids: tuple[str, ...], position: dict[str, int]) -> tuple[Places, Places]:
    """Which of `ids` are there, and where."""
    there = [(row, position[name]) for row, name in enumerate(ids) if name in position]
    rows, columns = np.array(there, np.intp).reshape(-1, 2).T
    return rows, columns


def _copy(entry: StreamEntry, name: str) -> npt.NDArray[Any]:
    # A copy, so that the entry's other columns can be freed.
    return np.frombuffer(entry.column(name), COLUMNS[name]).copy()


def _observation(poll: _Poll, place: int) -> PastPoll:
    docks, ebikes = int(poll.docks[place]), int(poll.ebikes[place])
    open_for = INSTALLED | RENTING
    return PastPoll(
        at=poll.at,
        bikes=int(poll.bikes[place]),
        docks=None if docks < 0 else docks,
        ebikes=None if ebikes < 0 else ebikes,
        renting=(int(poll.flags[place]) & open_for) == open_for,
    )
