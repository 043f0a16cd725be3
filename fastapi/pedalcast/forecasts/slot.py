"""The model in use, exchanged as one reference, with persistence behind it: the forecast never stops."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import numpy as np
import structlog

from forecaster.model import Forecast
from forecaster.window import Floats, Window

log = structlog.get_logger(__name__)


class ForecastModel(Protocol):
    """What the cycle asks of a model. `lookback` is how much of the past it wants to see."""

    @property
    def version(self) -> str: ...
    @property
    def lookback(self) -> timedelta: ...
    def features(self, window: Window) -> Floats: ...
    def predict(self, features: Floats, window: Window) -> Forecast: ...


class BadForecastError(Exception):
    """A model's answer is not one: of another shape, or without a single number."""


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast, the version of the model it is of, and the seconds its parts took.

    `failure` says why it is not the champion's.
    """

    forecast: Forecast
    model: str
    features: float
    predict: float
    failure: str | None = None


class ModelSlot:
    """Holds the champion (or none) and the fallback. `swap` may be called from any thread."""

    def __init__(self, fallback: ForecastModel, model: ForecastModel | None = None) -> None:
        self._fallback = fallback
        self._model = model
        self._lock = threading.Lock()

    @property
    def current(self) -> ForecastModel:
        """The model that the next forecast is asked of."""
        return self._model or self._fallback

    @property
    def fallback(self) -> ForecastModel:
        return self._fallback

    def swap(self, model: ForecastModel | None) -> ForecastModel:
        """Use `model` from the next cycle on (None: the fallback); the one it replaces."""
        with self._lock:
            before, self._model = self.current, model
        return before

    @property
    def lookback(self) -> timedelta:
        """How much of the past the model in use wants to see."""
        return max(self.current.lookback, self._fallback.lookback)

    def forecast(self, window: Window) -> Made:
        """The champion's forecast; the fallback's, named as such, when there is no champion or it fails."""
        model = self.current
        if model is self._fallback:
            return _make(model, window)
        try:
            return _make(model, window)
        except Exception as error:  # a model is a plug-in: whatever it raises, riders get a forecast
            log.exception("model failed", model=model.version)
            made = _make(self._fallback, window)
            return Made(made.forecast, made.model, made.features, made.predict, failure=type(error).__name__)


def _make(model: ForecastModel, window: Window) -> Made:
    started = time.perf_counter()
    features = model.features(window)
    between = time.perf_counter()
    forecast = model.predict(features, window)
    ended = time.perf_counter()
    _check(forecast, model.version, len(window.stations.ids))
    return Made(forecast, model.version, between - started, ended - between)


def _check(forecast: Forecast, model: str, stations: int) -> None:
    shape = (len(forecast.horizons), stations)
    arrays = (forecast.bikes, forecast.low, forecast.high, forecast.p_bike, forecast.p_dock)
    if any(array.shape != shape for array in arrays):
        raise BadForecastError(f"{model} answers with shape {forecast.bikes.shape} where {shape} is due")
    if stations and not np.isfinite(forecast.bikes).any():
        raise BadForecastError(f"{model} answers without a single number")
