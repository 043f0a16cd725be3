"""A profile's sums day by day: the profile of any stretch of days is a sum of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.features.local_time import SLOTS
from forecaster.features.profile import QUANTITIES, Profile
from forecaster.features.profile_builder import ProfileSums
from forecaster.window import HistoryChunk, StationSet


@dataclass(frozen=True, slots=True)
class DaySums:
    """What one chunk adds to a profile: `amount` float32[QUANTITIES, S, N], `flow_hours` and `level_hours`
    float32[S, N] at the S `slots` of the week it touches; the extremes float32[N]; how many `hours` of polls."""

    slots: npt.NDArray[np.int64]
    amount: Floats
    flow_hours: Floats
    level_hours: Floats
    total: Floats
    most: Floats
    hours: float

    @classmethod
    def of(cls, stations: StationSet, chunk: HistoryChunk) -> DaySums:
        """The sums of one chunk's own polls."""
        sums = ProfileSums(stations)
        sums.add(chunk)
        level = sums.level_hours.sum(axis=0)
        slots = np.flatnonzero(level.any(axis=1))
        return cls(
            slots,
            sums.amount.sum(axis=0)[:, slots],
            sums.flow_hours.sum(axis=0)[slots],
            level[slots],
            sums.total,
            sums.most,
            float(level.max(axis=1).sum()),
        )


class SummedDays:
    """The sums of several days together; memory does not grow with their number."""

    def __init__(self, stations: StationSet) -> None:
        count = len(stations.ids)
        self._stations = stations
        self._amount = np.zeros((QUANTITIES, SLOTS, count), np.float32)
        self._flow, self._level = np.zeros((2, SLOTS, count), np.float32)
        self._total = np.full(count, np.nan, np.float32)
        self._most = np.full(count, np.nan, np.float32)

    def add(self, day: DaySums) -> None:
        """Count a day in."""
        self._amount[:, day.slots] += day.amount
        self._flow[day.slots] += day.flow_hours
        self._level[day.slots] += day.level_hours
        self._total = np.fmax(self._total, day.total)
        self._most = np.fmax(self._most, day.most)

    def profile(self, newest: DaySums | None = None) -> Profile:
        """The profile of the days counted in, and of the `newest` one, which is not counted in by that."""
        sums = deepcopy(self)
        if newest is not None:
            sums.add(newest)
        hours, extremes = (sums._flow, sums._level), (sums._total, sums._most)
        return ProfileSums.smoothed(self._stations, sums._amount, hours, extremes)


def profile_of(stations: StationSet, days: Sequence[DaySums]) -> Profile:
    """The profile of these days together, blank where there are none."""
    if not days:
        return Profile.blank(stations)
    sums = SummedDays(stations)
    for day in days:
        sums.add(day)
    return sums.profile()
