"""Neighbours of each station by distance, and weighted means over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree  # type: ignore[import-untyped] # it has no stubs of its own

from forecaster.arrays import Floats, Ints
from forecaster.window import StationSet

NEAREST = 8
REACH_KM = 3.0  # further stations are nobody's neighbours
DECAY_KM = 0.6  # a neighbour's weight falls to 1/e over this distance: about eight minutes on foot
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The `NEAREST` stations of each of N: `index` int64[N, K], `weight` float32[N, K] (rows sum to 1, or to 0 where a
    station has none), `nearest_km` float32[N] (NaN where unknown)."""

    index: Ints
    weight: Floats
    nearest_km: Floats

    def mean(self, values: Floats) -> Floats:
        """Weighted mean over each station's neighbours of float32[A, N, M] values, NaN counting as 0; same shape."""
        observed = np.where(np.isnan(values), np.float32(0), values)
        total = observed[:, self.index[:, 0]] * self.weight[:, :1]
        for k in range(1, self.index.shape[1]):
            total += observed[:, self.index[:, k]] * self.weight[:, k : k + 1]
        return total


def neighbours_of(stations: StationSet) -> Neighbours:
    """Neighbours by distance on the ground; stations without a position have none and are nobody's."""
    count = len(stations.ids)
    index = np.zeros((count, NEAREST), np.int64)
    weight = np.zeros((count, NEAREST), np.float32)
    nearest = np.full(count, np.nan, np.float32)
    placed = np.flatnonzero(np.isfinite(stations.lat) & np.isfinite(stations.lon))
    if len(placed) > 1:
        points = plane(stations.lat[placed], stations.lon[placed])
        wanted = min(NEAREST + 1, len(placed))
        distance, order = cKDTree(points).query(points, k=wanted)
        rows = np.arange(len(placed))[:, None]
        others = np.argsort(order == rows, axis=1, kind="stable")[:, : wanted - 1]  # itself is not always the first
        distance, order = distance[rows, others], order[rows, others]
        near = np.exp(-distance / DECAY_KM) * (distance < REACH_KM)
        index[placed, : wanted - 1] = placed[order]
        weight[placed, : wanted - 1] = near / np.maximum(near.sum(1, keepdims=True), 1e-9)
        nearest[placed] = distance[:, 0]
    return Neighbours(index, weight, nearest)


def plane(lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Positions (degrees) as kilometres on a plane that touches the system's middle, float64[N, 2]."""
    middle = np.radians(np.mean(lat))
    return np.column_stack([np.radians(lat), np.radians(lon) * np.cos(middle)]) * EARTH_KM
