"""What a model says: a few numbers a station and horizon, read off one distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from forecaster.distribution import Distribution
from forecaster.window import Floats

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9  # the ends of the 80 % interval, and its middle
UNKNOWN = -1  # an interval's end where the station has not been seen for hours


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of N stations at H `horizons` (minutes): `bikes` (expected), `p_bike`, `p_dock` float32[H, N], NaN
    where unknown; `low`, `high` int16[H, N], the 80 % interval, and `median`, the count of least expected absolute
    error, `UNKNOWN` where unknown."""

    horizons: tuple[int, ...]
    bikes: Floats
    low: npt.NDArray[np.int16]
    high: npt.NDArray[np.int16]
    median: npt.NDArray[np.int16]
    p_bike: Floats
    p_dock: Floats


def read_off(distribution: Distribution, horizons: tuple[int, ...]) -> Forecast:
    """The forecast of a distribution whose R rows are the horizons in turn, each with all stations."""
    shape = (len(horizons), -1)
    low, median, high = (_whole(distribution.quantile(share)).reshape(shape) for share in (LOW, MEDIAN, HIGH))
    bikes, p_bike, p_dock = distribution.mean(), distribution.p_bike(), distribution.p_dock()
    return Forecast(horizons, bikes.reshape(shape), low, high, median, p_bike.reshape(shape), p_dock.reshape(shape))


def joined(parts: Sequence[Forecast]) -> Forecast:
    """Forecasts of stations in turn as one."""
    if len(parts) == 1:
        return parts[0]
    values = [np.concatenate([getattr(part, field.name) for part in parts], axis=1) for field in fields(Forecast)[1:]]
    return Forecast(parts[0].horizons, *values)


def _whole(counts: Floats) -> npt.NDArray[np.int16]:
    return np.where(np.isnan(counts), UNKNOWN, counts).astype(np.int16)
