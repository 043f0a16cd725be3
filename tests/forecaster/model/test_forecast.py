"""What is kept of the distributions is what was read off them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.distribution import Distribution
from forecaster.model import Forecast, ForecastModel, Persistence, forecast_model
from forecaster.model.boosting import Boosting
from forecaster.model.outage import fill_outages
from forecaster.training.trainer import train
from forecaster.window import Window

Cities = Callable[..., Window]
HORIZONS = (10, 60)


def agree(forecast: Forecast, bikes: np.ndarray, docks: np.ndarray) -> None:
    """The spreads say what the forecast says, station by station."""
    for place in range(len(forecast.horizons)):
        again = Distribution(forecast.cdf(place), bikes, docks)
        np.testing.assert_allclose(again.mean(), forecast.bikes[place], rtol=1e-5)
        np.testing.assert_allclose(again.p_bike(), forecast.p_bike[place], atol=1e-6)
        np.testing.assert_allclose(again.p_dock(), forecast.p_dock[place], atol=1e-6)
        known = ~np.isnan(again.quantile(0.1))
        np.testing.assert_array_equal(again.quantile(0.1)[known], forecast.low[place][known])


@pytest.mark.parametrize("block", [4_096, 7])
def test_spreads_of_all_blocks_agree_with_the_forecast(
    city: Cities, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    window = city(1)
    model: ForecastModel = train(
        MemoryHistory(window), horizons=HORIZONS, sample_rows=2_000, boosting=Boosting(rounds=4, leaves=4)
    )
    monkeypatch.setattr(forecast_model, "BLOCK", block)
    forecast = model.predict(window)
    agree(forecast, window.bikes[-1], window.docks[-1])
    before = forecast.cdf(0)
    model.predict(city(1, seed=5))  # the next forecast must not be written over what is kept of this one
    np.testing.assert_array_equal(forecast.cdf(0), before)


def test_a_station_filled_in_brings_its_own_spread(city: Cities) -> None:
    window = city(1)
    bikes, docks = window.bikes[-1].copy(), window.docks[-1].copy()
    bikes[3], docks[3] = window.bikes[-61, 3], window.docks[-61, 3]
    window.bikes[-60:, 3] = window.docks[-60:, 3] = np.nan
    agree(fill_outages(Persistence(HORIZONS).predict(window), window), bikes, docks)
