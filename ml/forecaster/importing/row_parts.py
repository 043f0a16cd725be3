"""The second look over a status file: its rows as the history wants them, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from forecaster.arrays import Ints
from forecaster.importing.change_events import event_grid, fill_forward
from forecaster.importing.poll_times import stretches, thin
from forecaster.importing.status_file import StatusFile, complete
from forecaster.importing.survey import Survey

ROWS_AT_ONCE = 2_000_000


class RowParts:
    """The rows to write, in parts of whole hours: iterating gives (rows, share of the work that is done with them).

    `times` are the polls kept (epoch seconds). `capacities` has `station_id` and `known`.
    """

    def __init__(self, source: StatusFile, poll_survey: Survey, capacities: pl.DataFrame, *, events: bool) -> None:
        self._rows = complete(source.good(), capacities)
        self._survey = poll_survey
        self._events = events
        self.times = event_grid(poll_survey.times) if events else thin(poll_survey.times)

    def between(self, start: int, end: int) -> None:
        """Keep only the polls with start <= time < end (epoch seconds)."""
        self.times = self.times[(self.times >= start) & (self.times < end)]

    def __iter__(self) -> Iterator[tuple[pl.DataFrame, float]]:
        polls = self._polls()
        done, total = 0, int(polls["rows"].sum())
        for start, end, rows in stretches(polls, ROWS_AT_ONCE):
            first, last = np.searchsorted(self.times, [start, end])
            done += rows
            yield self._part(self.times[first:last]), done / total

    def _polls(self) -> pl.DataFrame:
        """The polls kept, with the number of rows at each (an upper bound where events are filled forward)."""
        kept_times = pl.DataFrame({"at": self.times})
        if self._events:
            return kept_times.with_columns(rows=pl.lit(self._survey.seen.height))
        return kept_times.join(self._survey.polls, on="at", how="left", maintain_order="left")

    def _part(self, times: Ints) -> pl.DataFrame:
        if self._events:
            return fill_forward(self._rows, times)
        at = pl.col("ts").dt.epoch("s")
        inside = self._rows.filter(at.is_between(int(times[0]), int(times[-1])))
        wanted = pl.LazyFrame({"at": times})
        return inside.join(wanted, left_on=at, right_on="at", how="semi").collect(engine="streaming")
