"""What training and judging ask of a history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from forecaster.window import HistoryChunk, StationSet


class HistorySource(Protocol):
    """A history that can be walked over; `forecaster.history.History` is one."""

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
