"""Forecast models: the trained one, and persistence for when there is none."""

from forecaster.model.forecast import Forecast
from forecaster.model.persistence import Persistence
from forecaster.model.trained import ForecastModel

__all__ = ["Forecast", "ForecastModel", "Persistence"]
