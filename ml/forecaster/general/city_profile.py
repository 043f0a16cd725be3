"""The profile of a city's newest days, made from its history again and again without a training."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forecaster.features.profile import Profile
from forecaster.general.age_sampling import FIRST_PROFILE
from forecaster.general.day_sums import DaySums, SummedDays
from forecaster.training.history_source import HistorySource
from forecaster.window import StationSet

A_DAY = timedelta(days=1)


class CityProfile:
    """The profile of the newest `longest` of history, whichever model uses it.

    Days that are over are read once and summed, and again when the oldest of them leaves that stretch or the stations
    change: once a day of a long history.
    """

    def __init__(self, history: HistorySource, *, longest: timedelta) -> None:
        self._history = history
        self._longest = longest
        self.unfinished = False
        self._stations: StationSet | None = None
        self._sums: SummedDays | None = None
        self._first = self._next = datetime.min.replace(tzinfo=UTC)  # the days summed: from `_first` up to `_next`

    def read(self, *, days: int | None = None) -> Profile | None:
        """The profile; None while there is less history than `FIRST_PROFILE`, or after `days` days when that was not
        the last one: the next call goes on there, so that a running service can wait in between (`unfinished`).

        Raises the store's `ObjectError`s.
        """
        self.unfinished = False
        span = self._history.span()
        if span is None or span[1] - span[0] < FIRST_PROFILE:
            return None
        stations = self._history.stations()
        first, newest = _midnight(max(span[0], span[1] - self._longest)), _midnight(span[1])
        if self._sums is None or first != self._first or self._stations is None or self._stations.ids != stations.ids:
            self._stations, self._sums = stations, SummedDays(stations)
            self._first = self._next = first
        last = newest if days is None else min(newest, self._next + A_DAY * days)
        while self._next < last:
            day = self._day(stations, self._next)
            if day is not None:
                self._sums.add(day)
            self._next += A_DAY
        self.unfinished = self._next < newest
        if self.unfinished:
            return None
        return self._sums.profile(self._day(stations, newest))

    def _day(self, stations: StationSet, day: datetime) -> DaySums | None:
        """The sums of a day's polls, None where there are none."""
        for chunk in self._history.windows(day, day + A_DAY, lookahead=timedelta(hours=1)):
            return DaySums.of(stations, chunk)
        return None


def _midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, tzinfo=UTC)
