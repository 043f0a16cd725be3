"""Forecasts of stations without a poll for hours: the last known value, with a spread that grows with its age."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.distribution import Distribution, bounded
from forecaster.model.forecast import SHOWN, Forecast, Spread, forecast_from_distribution
from forecaster.model.persistence import usual_spread
from forecaster.window import Window


def fill_outages(forecast: Forecast, window: Window) -> Forecast:
    """The forecast with its unknown stations filled in from the last value anywhere in the window.

    Their spread is that of the whole time since the value was seen. A station that the window never saw stays unknown.
    """
    columns = np.flatnonzero(np.isnan(forecast.bikes).any(axis=0) & ~np.isnan(window.bikes).all(axis=0))
    if not len(columns):
        return forecast
    bridging = forecast_from_distribution(_distribution(window, columns, forecast.horizons), forecast.horizons)
    filled = {name: getattr(forecast, name).copy() for name in SHOWN}
    for name, values in filled.items():
        values[:, columns] = getattr(bridging, name)
    return replace(forecast, **filled, spreads=(*forecast.spreads, Spread(columns, bridging.spreads[0].cdf)))


def _distribution(window: Window, columns: npt.NDArray[np.intp], horizons: tuple[int, ...]) -> Distribution:
    last = len(window.times) - 1 - np.argmax(~np.isnan(window.bikes[::-1, columns]), axis=0)
    bikes, docks = window.bikes[last, columns], window.docks[last, columns]
    age = (window.times[-1] - window.times[last]) // 60
    ages, which = np.unique(age, return_inverse=True)
    spreads = np.array([[np.cumsum(usual_spread(int(past) + minutes)) for past in ages] for minutes in horizons])
    cdf = spreads[:, which].reshape(-1, spreads.shape[-1]).astype(np.float32)
    ceiling: Floats = np.fmax(window.stations.capacity[columns].astype(np.float32), bikes + docks)
    count = len(horizons)
    return bounded(cdf, np.tile(bikes, count), np.tile(docks, count), np.tile(ceiling, count))
