"""The model in use, swapped as one reference; persistence stands in when it fails."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import partial

import numpy as np
import structlog

from forecaster.model import Forecast
from forecaster.window import Window
from pedalcast.forecasts.prediction.model_thread import PATIENCE_S, ModelThread
from pedalcast.forecasts.prediction.models import Model

log = structlog.get_logger(__name__)


class BadForecastError(Exception):
    """A model's answer is not one: of another shape, or without a single number."""


@dataclass(frozen=True, slots=True)
class TimedForecast:
    """A forecast, the version of the model it is of, and the seconds its parts took.

    `failure` says why it is not the champion's.
    """

    forecast: Forecast
    model: str
    features: float
    predict: float
    failure: str | None = None


class ActiveModel:
    """Holds the champion (or none) and the fallback. `swap` may be called from any thread.

    The champion is called in a thread of its own: one that hangs counts as failed after `patience_s`.
    """

    def __init__(self, fallback: Model, model: Model | None = None, *, patience_s: float = PATIENCE_S) -> None:
        self._thread = ModelThread(patience_s)
        self._fallback = fallback
        self._model = model
        self._lock = threading.Lock()

    @property
    def current(self) -> Model:
        """The model that the next forecast is asked of."""
        return self._model or self._fallback

    @property
    def fallback(self) -> Model:
        return self._fallback

    def swap(self, model: Model | None) -> Model:
        """Use `model` from the next cycle on (None: the fallback); the one it replaces."""
        with self._lock:
            before, self._model = self.current, model
        return before

    def forecast(self, window: Window) -> TimedForecast:
        """The champion's forecast; the fallback's, named as such, when there is no champion or it fails."""
        model = self.current
        if model is self._fallback:
            return _make(model, window)
        try:
            return _checked(self._thread.call(partial(_make, model, window)), len(window.stations.ids))
        except Exception as error:  # a model is a plug-in: whatever it raises, riders get a forecast
            log.exception("model failed, run made by persistence", model=model.version)
            timed = _make(self._fallback, window)
            return TimedForecast(
                timed.forecast, timed.model, timed.features, timed.predict, failure=type(error).__name__
            )


def _make(model: Model, window: Window) -> TimedForecast:
    started = time.perf_counter()
    features = model.features(window)
    between = time.perf_counter()
    forecast = model.predict(features, window)
    ended = time.perf_counter()
    return TimedForecast(forecast, model.version, between - started, ended - between)


def _checked(timed: TimedForecast, stations: int) -> TimedForecast:
    forecast, model = timed.forecast, timed.model
    shape = (len(forecast.horizons), stations)
    arrays = (forecast.bikes, forecast.low, forecast.high, forecast.p_bike, forecast.p_dock)
    if any(array.shape != shape for array in arrays):
        raise BadForecastError(f"{model} answers with shape {forecast.bikes.shape} where {shape} is due")
    if stations and not np.isfinite(forecast.bikes).any():
        raise BadForecastError(f"{model} answers without a single number")
    return timed
