"""A model whose inputs are watched on their way in."""

from __future__ import annotations

from collections import deque

import numpy as np

from forecaster.arrays import Floats, Ints
from forecaster.drift import DriftReference
from forecaster.model import Forecast
from forecaster.window import Window
from pedalcast.forecasts.prediction.models import Model

SAMPLE_EVERY_S = 240  # of the feed's time between two samples: every poll, as a rule
SAMPLE_ROWS = 2_000  # stations in a sample
MAX_SAMPLES = 32  # samples that wait to be counted


class DriftSampledModel:
    """Forecasts as `model` does; now and then a copy of its inputs is put aside, to be compared with the reference.

    Counting is left to whoever takes: no forecast waits for it.
    """

    def __init__(
        self, model: Model, reference: DriftReference, *, every_s: int = SAMPLE_EVERY_S, rows: int = SAMPLE_ROWS
    ) -> None:
        self._model = model
        self.reference = reference
        self._every = every_s
        self._rows = rows
        self._last: int | None = None
        self._random = np.random.default_rng(0)
        self._samples: deque[tuple[int, Floats]] = deque(maxlen=MAX_SAMPLES)

    @property
    def version(self) -> str:
        return self._model.version

    def features(self, window: Window) -> Floats:
        """See `Model.features`."""
        x = self._model.features(window)
        at = int(window.times[-1])
        if self._last is None or at - self._last >= self._every:
            self._last = at
            some = slice(None) if len(x) <= self._rows else self._random.choice(len(x), self._rows, replace=False)
            self._samples.append((at, x[some].copy()))
        return x

    def predict(self, features: Floats, window: Window) -> Forecast:
        """See `Model.predict`."""
        return self._model.predict(features, window)

    def take(self) -> list[tuple[int, Ints]]:
        """In which bins of the reference lies what was put aside since this was last asked, int64[F, BINS] a sample,
        and its time (epoch seconds)."""
        taken = []
        while self._samples:
            at, x = self._samples.popleft()
            taken.append((at, self.reference.count(x)))
        return taken
