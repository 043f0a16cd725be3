"""What a station usually does at an hour of the week: the long memory that is stored with a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecaster.arrays import Floats
from forecaster.features.local_time import SLOTS, SLOTS_A_DAY
from forecaster.window import StationSet

IN, OUT, BIKES, EMPTY, FULL = range(5)  # rows of a profile: bikes an hour in and out, bikes there, shares of time
QUANTITIES = 5
NEAREST_SEEN = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """Usual rates and levels: `table` float32[SLOTS, QUANTITIES, N] for the stations `ids`, `total` float32[N] the most
    bikes and docks ever seen together, `most` float32[N] the most bikes."""

    ids: tuple[str, ...]
    table: Floats
    total: Floats
    most: Floats
    lat: Floats
    lon: Floats

    @classmethod
    def blank(cls, stations: StationSet) -> Profile:
        """The profile of a city of which nothing is known yet: NaN throughout."""
        count = len(stations.ids)
        table = np.full((SLOTS, QUANTITIES, count), np.nan, np.float32)
        unknown = np.full(count, np.nan, np.float32)
        lat, lon = stations.lat.astype(np.float32), stations.lon.astype(np.float32)
        return cls(stations.ids, table, unknown, unknown, lat, lon)

    def align(self, stations: StationSet) -> Profile:
        """The same for other stations: a known id keeps its own, a new one takes the mean of the seen ones nearest to
        it (of all where it has no position); blank where no station is known."""
        if stations.ids == self.ids:
            return self
        if not self.ids:
            return Profile.blank(stations)
        place = {station: i for i, station in enumerate(self.ids)}
        columns = np.array([place.get(station, -1) for station in stations.ids], np.int64)
        table = np.ascontiguousarray(self.table[:, :, columns])
        total, most = self.total[columns], self.most[columns]
        for column in np.flatnonzero(columns < 0):
            table[:, :, column] = self._mean_of_nearest(float(stations.lat[column]), float(stations.lon[column]))
            total[column] = most[column] = np.nan
        lat, lon = stations.lat.astype(np.float32), stations.lon.astype(np.float32)
        return Profile(stations.ids, table, total, most, lat, lon)

    def _mean_of_nearest(self, lat: float, lon: float) -> Floats:
        away = (self.lat - lat) ** 2 + ((self.lon - lon) * np.cos(np.radians(lat))) ** 2
        placed = np.flatnonzero(np.isfinite(away))
        chosen = placed[np.argsort(away[placed], kind="stable")[:NEAREST_SEEN]] if len(placed) else slice(None)
        mean: Floats = self.table[:, :, chosen].mean(axis=2, dtype=np.float32)
        return mean


def smooth(amount: Floats, exposure: Floats, *, strength: float) -> Floats:
    """Rates float32[SLOTS, N] from sums of the same shape, each cell leaning on what is known around it.

    A cell's own slot and its neighbours in time are shrunk to the same time on the same kind of day (Monday to Friday,
    weekend), and that to the station's mean rate in the system's rhythm. `strength` is how much exposure the prior
    counts for at each step.
    """
    days = (7, SLOTS_A_DAY, amount.shape[1])
    a, e = amount.reshape(days), exposure.reshape(days)
    kind_a, kind_e = _around(_by_kind_of_day(a)), _around(_by_kind_of_day(e))
    mean = amount.sum(0) / np.maximum(exposure.sum(0), 1e-6)
    prior = (kind_a + strength * mean * _rhythm(a, e, strength)[:, :, None]) / (kind_e + strength)
    own_a = a + 0.5 * (np.roll(amount, 1, 0) + np.roll(amount, -1, 0)).reshape(days)
    own_e = e + 0.5 * (np.roll(exposure, 1, 0) + np.roll(exposure, -1, 0)).reshape(days)
    rate = (own_a + strength * prior) / (own_e + strength)
    smoothed: Floats = rate.reshape(SLOTS, -1).astype(np.float32)
    return smoothed


def _rhythm(a: Floats, e: Floats, strength: float) -> Floats:
    """How the system's rate at each slot, float32[7, SLOTS_A_DAY], compares with its mean: where little was seen of a
    slot, as on that kind of day; where little of that, as on any day."""
    leaning = strength * a.shape[2]
    overall = float(a.sum()) / max(float(e.sum()), 1e-6)
    any_day = (a.sum((0, 2)) + leaning * overall) / (e.sum((0, 2)) + leaning)
    kind = (_by_kind_of_day(a).sum(2) + leaning * any_day) / (_by_kind_of_day(e).sum(2) + leaning)
    rate: Floats = (a.sum(2) + leaning * kind) / (e.sum(2) + leaning)
    return rate / max(overall, 1e-9)


def _by_kind_of_day(values: Floats) -> Floats:
    pooled = np.empty_like(values)
    pooled[:5] = values[:5].sum(0)
    pooled[5:] = values[5:].sum(0)
    return pooled


def _around(values: Floats) -> Floats:
    return values + 0.5 * (np.roll(values, 1, 1) + np.roll(values, -1, 1))
