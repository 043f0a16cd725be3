"""A model's forecast: a few numbers for each station and horizon, read off one distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import WIDTH, Distribution

LOW, HIGH = 0.1, 0.9  # the ends of the 80 % interval
UNKNOWN = -1  # an interval's end where the station has not been seen for hours


@dataclass(frozen=True, slots=True)
class Spread:
    """The distributions of some stations, `stations` their columns: `cdf` float32[H, n, WIDTH], P(change <= …)."""

    stations: slice | npt.NDArray[np.intp]
    cdf: Floats


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of N stations at H `horizons` (minutes): `bikes` (expected), `p_bike`, `p_dock` float32[H, N], NaN
    where unknown; `low`, `high` int16[H, N], the 80 % interval, `UNKNOWN` where unknown.

    `spreads` are the distributions that all this was read off, as they were computed: later ones stand for earlier.
    """

    horizons: tuple[int, ...]
    bikes: Floats
    low: npt.NDArray[np.int16]
    high: npt.NDArray[np.int16]
    p_bike: Floats
    p_dock: Floats
    spreads: tuple[Spread, ...]

    def cdf(self, place: int) -> Floats:
        """All stations' distributions of the change at the horizon at `place`, float32[N, WIDTH]; a copy."""
        cdf = np.empty((self.bikes.shape[1], WIDTH), np.float32)
        for spread in self.spreads:
            cdf[spread.stations] = spread.cdf[place]
        return cdf


SHOWN = ("bikes", "low", "high", "p_bike", "p_dock")


def forecast_from_distribution(distribution: Distribution, horizons: tuple[int, ...]) -> Forecast:
    """The forecast of a distribution whose R rows are the horizons in turn, each with all stations."""
    shape = (len(horizons), -1)
    low, high = (_whole(distribution.quantile(share)).reshape(shape) for share in (LOW, HIGH))
    bikes, p_bike, p_dock = distribution.mean(), distribution.p_bike(), distribution.p_dock()
    spread = Spread(slice(None), distribution.cdf.reshape(len(horizons), -1, WIDTH))
    return Forecast(horizons, bikes.reshape(shape), low, high, p_bike.reshape(shape), p_dock.reshape(shape), (spread,))


def concat_forecasts(forecasts: Sequence[Forecast]) -> Forecast:
    """Forecasts of stations in turn, each of one spread, as one."""
    if len(forecasts) == 1:
        return forecasts[0]
    values = {name: np.concatenate([getattr(forecast, name) for forecast in forecasts], axis=1) for name in SHOWN}
    ends = np.cumsum([forecast.bikes.shape[1] for forecast in forecasts]).tolist()
    places = [slice(end - forecast.bikes.shape[1], end) for forecast, end in zip(forecasts, ends, strict=True)]
    spreads = tuple(Spread(place, forecast.spreads[0].cdf) for forecast, place in zip(forecasts, places, strict=True))
    return Forecast(forecasts[0].horizons, **values, spreads=spreads)


def _whole(counts: Floats) -> npt.NDArray[np.int16]:
    return np.where(np.isnan(counts), UNKNOWN, counts).astype(np.int16)
