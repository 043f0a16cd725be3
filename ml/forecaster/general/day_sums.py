"""A profile's sums day by day: the profile of any stretch of days is a sum of some of them."""

from __future__ import annotations

from collections.abc import Sequence
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


def profile_of(stations: StationSet, days: Sequence[DaySums]) -> Profile:
    """The profile of these days together, blank where there are none."""
    if not days:
        return Profile.blank(stations)
    count = len(stations.ids)
    amount = np.zeros((QUANTITIES, SLOTS, count), np.float32)
    flow, level = np.zeros((2, SLOTS, count), np.float32)
    for day in days:
        amount[:, day.slots] += day.amount
        flow[day.slots] += day.flow_hours
        level[day.slots] += day.level_hours
    total = np.fmax.reduce([day.total for day in days])
    most = np.fmax.reduce([day.most for day in days])
    return ProfileSums.smoothed(stations, amount, (flow, level), (total, most))
