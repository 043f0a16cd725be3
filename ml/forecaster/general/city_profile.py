"""The profile of a city's newest days, made from its history again and again without a training."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forecaster.features.profile import Profile
from forecaster.general.age_sampling import FIRST_PROFILE
from forecaster.general.day_sums import DaySums, profile_of
from forecaster.training.history_source import HistorySource
from forecaster.window import StationSet

A_DAY = timedelta(days=1)


class CityProfile:
    """Reads each day that is over once; the sums of days read before are kept while the stations stay the same."""

    def __init__(self, history: HistorySource, *, longest: timedelta) -> None:
        self._history = history
        self._longest = longest
        self._stations: StationSet | None = None
        self._days: dict[int, DaySums] = {}  # by the day's start, epoch seconds UTC

    def read(self) -> Profile | None:
        """The profile of the newest `longest` of history, None while there is less than `FIRST_PROFILE`.

        Raises the store's `ObjectError`s.
        """
        span = self._history.span()
        if span is None or span[1] - span[0] < FIRST_PROFILE:
            return None
        stations = self._history.stations()
        if self._stations is None or self._stations.ids != stations.ids:
            self._days.clear()
        self._stations = stations
        first = max(span[0], span[1] - self._longest)
        newest = _midnight(span[1])
        self._days = {day: sums for day, sums in self._days.items() if first.timestamp() <= day < newest.timestamp()}
        for day in _days(_midnight(first), newest):
            if int(day.timestamp()) not in self._days:
                self._read_day(stations, day)
        return profile_of(stations, [self._days[day] for day in sorted(self._days)])

    def _read_day(self, stations: StationSet, day: datetime) -> None:
        for chunk in self._history.windows(day, day + A_DAY, lookahead=timedelta(hours=1)):
            self._days[int(day.timestamp())] = DaySums.of(stations, chunk)


def _midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, tzinfo=UTC)


def _days(first: datetime, last: datetime) -> list[datetime]:
    return [first + A_DAY * count for count in range((last - first).days + 1)]
