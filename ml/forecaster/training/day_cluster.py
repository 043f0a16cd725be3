"""What training asks of a cluster: a function applied to every day of a history, on machines that can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from forecaster.training.history_source import HistorySource

DAY = timedelta(days=1)
Part = TypeVar("Part")
DayWork = Callable[[HistorySource, datetime, datetime, Any], Part]  # history, start, end, what all days share


class DayCluster(Protocol):
    """Machines that read a history day by day; `forecaster.training.dask_days.DaskDays` is one."""

    def map_days(self, work: DayWork[Part], start: datetime, end: datetime, shared: Any) -> Iterator[Part]:
        """`work` on each day of [start, end), results in the days' order; `shared` is sent to each machine once."""


def days_of(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The days of [start, end), beginning at `start`; the last may be shorter."""
    days = []
    while start < end:
        days.append((start, min(start + DAY, end)))
        start += DAY
    return days
