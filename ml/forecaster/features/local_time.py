"""Local time of a system: offsets, slots of the week, holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt

from forecaster.arrays import Ints

DAY = 86_400
WEEK = 7 * DAY
SLOT = 1_800  # seconds of a slot of the week
SLOTS = WEEK // SLOT
QUARTER = 900  # seconds of a quarter of an hour
SLOTS_A_DAY = DAY // SLOT
_MONDAY = 4 * DAY  # 1970-01-01 was a Thursday: the first Monday is four days later


def local_seconds(times: Ints, timezone: str) -> Ints:
    """Wall-clock seconds since Monday 1970-01-05 00:00 for epoch seconds UTC, int64 of the same shape.

    Offsets are taken once a quarter of an hour: some zones change theirs at half past in UTC (St John's, Lord Howe).
    """
    zone = ZoneInfo(timezone)
    quarters, where = np.unique(times // QUARTER, return_inverse=True)
    offsets = [datetime.fromtimestamp(int(quarter) * QUARTER, zone).utcoffset() or timedelta() for quarter in quarters]
    return times + np.array([round(offset.total_seconds()) for offset in offsets], np.int64)[where] - _MONDAY


class DaysOff:
    """Public holidays of a country, on local days counted from Monday 1970-01-05; none where the country is unknown."""

    def __init__(self, country: str | None) -> None:
        is_supported = country in holidays.list_supported_countries()
        self._calendar = holidays.country_holidays(country) if country and is_supported else None
        self._seen: dict[int, bool] = {}

    def __call__(self, days: Ints) -> npt.NDArray[np.bool_]:
        """Which of the days are holidays, bool of the same shape."""
        unique, where = np.unique(days, return_inverse=True)
        return np.array([self._is_off(int(day)) for day in unique], bool)[where]

    def _is_off(self, day: int) -> bool:
        if self._calendar is None:
            return False
        if day not in self._seen:
            self._seen[day] = _date(day) in self._calendar
        return self._seen[day]


def _date(day: int) -> date:
    return (datetime.fromtimestamp(_MONDAY, UTC) + timedelta(days=day)).date()
