"""Features collected by name, returned as the matrix that a model takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.features.feature_names import FEATURES

_PLACE = {name: i for i, name in enumerate(FEATURES)}


class FeaturePlanes:
    """One float32[A, N] plane a feature, filled in any order."""

    def __init__(self, times: int, stations: int) -> None:
        self._planes = np.empty((len(FEATURES), times, stations), np.float32)

    def __setitem__(self, name: str, values: npt.NDArray[np.floating | np.integer | np.bool_]) -> None:
        self._planes[_PLACE[name]] = values

    def __getitem__(self, name: str) -> Floats:
        plane: Floats = self._planes[_PLACE[name]]
        return plane

    def matrix(self) -> Floats:
        """float32[A * N, features], the stations of one time together, in the order of `FEATURES`."""
        return np.ascontiguousarray(self._planes.reshape(len(FEATURES), -1).T)
