"""A model whose inputs are watched on their way in."""

from __future__ import annotations

import threading
import time

import numpy as np

from forecaster.drift import Counts, Reference
from forecaster.model import Forecast
from forecaster.window import Floats, Window
from pedalcast.forecasts.models import Model

EVERY_S = 240.0  # of real time between two samples
ROWS = 2_000  # stations in a sample


class Tapped:
    """Forecasts as `model` does; now and then it counts in which of the reference's bins the inputs lie."""

    def __init__(self, model: Model, reference: Reference, *, every_s: float = EVERY_S, rows: int = ROWS) -> None:
        self._model = model
        self.reference = reference
        self._every = every_s
        self._rows = rows
        self._next = 0.0
        self._random = np.random.default_rng(0)
        self._lock = threading.Lock()
        self._counts: Counts | None = None

    @property
    def version(self) -> str:
        return self._model.version

    def features(self, window: Window) -> Floats:
        """See `Model.features`."""
        x = self._model.features(window)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            self._count(x)
        return x

    def predict(self, features: Floats, window: Window) -> Forecast:
        """See `Model.predict`."""
        return self._model.predict(features, window)

    def take(self) -> Counts | None:
        """What was counted since this was last asked, int64[F, BINS]; None where nothing was."""
        with self._lock:
            counts, self._counts = self._counts, None
        return counts

    def _count(self, x: Floats) -> None:
        chosen = x if len(x) <= self._rows else x[self._random.choice(len(x), self._rows, replace=False)]
        counts = self.reference.count(chosen)
        with self._lock:
            self._counts = counts if self._counts is None else self._counts + counts
