"""How often bikes leave and come, and where none has left for unusually long. From the polls in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Bools, Floats

MIN_DEPARTURES = 6.0  # a day: stations that fewer bikes leave say nothing by their silence
UNUSUAL = 0.01  # a silence is listed when it has a chance below this
DepartureCounts = npt.NDArray[np.int16]
Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class QuietStation:
    """A station with bikes that none has left since `since` (epoch seconds), though `expected` leave in such a time.

    `probability` is that of such a silence by chance: Poisson's, at the city's pace of those hours.
    """

    place: int
    since: int
    expected: float
    probability: float


def hourly_rates(bikes: DepartureCounts, times: Times) -> tuple[Floats, Floats]:
    """Bikes that left and that came, an hour, float32[N] each: from int16[N, T] counts (-1 unknown) at `times`."""
    left, came = _changes(bikes)
    hours = max((int(times[-1]) - int(times[0])) / 3600, 1e-9) if len(times) > 1 else np.inf
    return (left.sum(axis=1) / hours).astype(np.float32), (came.sum(axis=1) / hours).astype(np.float32)


def quiet_stations(bikes: DepartureCounts, times: Times, open_now: Bools) -> list[QuietStation]:
    """Stations whose silence is unusual, the most unusual first.

    What is expected of a station is its share of the city's departures over all polls, times the departures of the city
    since its last: nights are quiet for every station.
    """
    if len(times) < 2:
        return []
    left, _ = _changes(bikes)
    by_poll = left.sum(axis=0)
    share = left.sum(axis=1) / max(float(by_poll.sum()), 1.0)
    daily = left.sum(axis=1) * 86_400 / max(int(times[-1]) - int(times[0]), 1)
    city_since = np.concatenate([np.cumsum(by_poll[::-1])[::-1], [0]])  # departures from each poll on
    quiet_places = []
    for place in np.flatnonzero(open_now & (bikes[:, -1] > 0) & (daily >= MIN_DEPARTURES)).tolist():
        last = int(np.flatnonzero(left[place])[-1])
        expected = float(share[place] * city_since[last + 1])
        if (probability := float(np.exp(-expected))) < UNUSUAL:
            quiet_places.append(QuietStation(place, int(times[last + 1]), expected, probability))
    return sorted(quiet_places, key=lambda quiet: (quiet.probability, quiet.place))


def _changes(bikes: DepartureCounts) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Bikes that left and that came between each two polls, int64[N, T - 1]; 0 where either is unknown."""
    change = np.diff(bikes.astype(np.int64), axis=1)
    known = (bikes[:, 1:] >= 0) & (bikes[:, :-1] >= 0)
    change = np.where(known, change, 0)
    return np.maximum(-change, 0), np.maximum(change, 0)
