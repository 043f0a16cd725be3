"""A history held in memory: for the bench and for tests, which train on windows made on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from forecaster.window import HistoryChunk, StationSet, Window


class MemoryHistory:
    """One window as a history."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def stations(self) -> StationSet:
        """See `HistorySource.stations`."""
        return self._window.stations

    def span(self) -> tuple[datetime, datetime] | None:
        """See `HistorySource.span`."""
        times = self._window.times
        if not len(times):
            return None
        return datetime.fromtimestamp(int(times[0]), UTC), datetime.fromtimestamp(int(times[-1]), UTC)

    def windows(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback: timedelta = timedelta(0),
        lookahead: timedelta = timedelta(0),
        chunk: timedelta = timedelta(days=1),
    ) -> Iterator[HistoryChunk]:
        """See `HistorySource.windows`."""
        first, last, step = int(start.timestamp()), int(end.timestamp()), int(chunk.total_seconds())
        before, after = int(lookback.total_seconds()), int(lookahead.total_seconds())
        for begin in range(first, last, step):
            until = min(begin + step, last)
            part = HistoryChunk(slice_window(self._window, begin - before, until + after), begin, until)
            if part.inside().start < part.inside().stop:
                yield part


def slice_window(window: Window, start: int, end: int) -> Window:
    """The polls of a window in [start, end], epoch seconds UTC."""
    low, high = np.searchsorted(window.times, [start, end + 1])
    rows = slice(int(low), int(high))
    return replace(
        window,
        times=window.times[rows],
        bikes=window.bikes[rows],
        docks=window.docks[rows],
        ebikes=window.ebikes[rows],
        renting=window.renting[rows],
    )
