"""What training and judging ask of a history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from forecaster.window import HistoryChunk, StationSet


class HistorySource(Protocol):
    """A history that can be read in chunks; `forecaster.history.History` is one.

    A source of one's own, here over a single window, is taken wherever a history is:

    >>> from collections.abc import Iterator
    >>> from datetime import UTC, datetime, timedelta
    >>> import numpy as np
    >>> from forecaster.window import HistoryChunk, StationSet, Window
    >>> class OneWindow:
    ...     def __init__(self, window: Window) -> None:
    ...         self._window = window
    ...
    ...     def stations(self) -> StationSet:
    ...         return self._window.stations
    ...
    ...     def span(self) -> tuple[datetime, datetime] | None:
    ...         first, last = self._window.times[[0, -1]].tolist()
    ...         return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
    ...
    ...     def windows(self, start: datetime, end: datetime, **_: timedelta) -> Iterator[HistoryChunk]:
    ...         yield HistoryChunk(self._window, int(start.timestamp()), int(end.timestamp()))
    >>> stations = StationSet(("ST-1",), np.array([37.55]), np.array([126.9]), np.array([10.0]), np.array([0.0]), "UTC")
    >>> bikes = np.array([[3], [4], [4]], np.float32)
    >>> times = 1_700_000_100 + 300 * np.arange(3)
    >>> unknown, renting = np.full_like(bikes, np.nan), np.ones_like(bikes)
    >>> history = OneWindow(Window(stations, times, bikes, 10 - bikes, unknown, renting))
    >>> first, last = history.span()
    >>> [chunk.window.bikes[chunk.inside()].ravel().tolist() for chunk in history.windows(first, last)]
    [[3.0, 4.0]]
    """

    def stations(self) -> StationSet:
        """The columns of every window."""

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last poll's time (UTC); None when there is no poll."""

    def windows(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback: timedelta = timedelta(0),
        lookahead: timedelta = timedelta(0),
        chunk: timedelta = timedelta(days=1),
    ) -> Iterator[HistoryChunk]:
        """Chunks over [start, end), oldest first, each with so much of the history around it."""
