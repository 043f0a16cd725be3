"""What features need besides the observations: worked out once a station set, reused at every poll."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecaster.arrays import Floats
from forecaster.features.local_time import DaysOff
from forecaster.features.neighbours import Neighbours, neighbours_of
from forecaster.features.profile import IN, OUT, Profile
from forecaster.window import StationSet


@dataclass(frozen=True, slots=True)
class StationContext:
    """The fixed side of a system: neighbours, the profile in the order of `stations`, docks in all, holidays.

    `capacity` float32[N] is what the feed says, else the most bikes and docks ever seen together, else NaN; `churn`
    float32[N] the usual bikes an hour that come or go.
    """

    stations: StationSet
    neighbours: Neighbours
    profile: Profile
    capacity: Floats
    churn: Floats
    days_off: DaysOff

    def with_profile(self, profile: Profile) -> StationContext:
        """The same system with another profile (of the same stations), as training uses for each fold of weeks."""
        return _context(self.stations, self.neighbours, profile.align(self.stations), self.days_off)


def context_of(stations: StationSet, profile: Profile) -> StationContext:
    """The context of a station set; takes some milliseconds for thousands of stations, so keep it."""
    aligned = profile.align(stations)
    return _context(stations, neighbours_of(stations), aligned, DaysOff(stations.country))


def _context(stations: StationSet, neighbours: Neighbours, profile: Profile, days_off: DaysOff) -> StationContext:
    stated = stations.capacity.astype(np.float32)
    capacity = np.where(stated > 0, stated, profile.total)
    churn = (profile.table[:, IN] + profile.table[:, OUT]).mean(axis=0)
    return StationContext(stations, neighbours, profile, capacity, churn, days_off)
