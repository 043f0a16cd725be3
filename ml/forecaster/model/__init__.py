"""Forecast models: the trained one, and persistence for when there is none."""

from forecaster.model.forecast import Forecast
from forecaster.model.forecast_model import ForecastModel
from forecaster.model.persistence import Persistence

__all__ = ["Forecast", "ForecastModel", "Persistence"]
