"""What the cycle asks of a model, and the forecaster's models made to answer it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Protocol

import numpy as np

from forecaster.model import Forecast, ForecastModel, Persistence
from forecaster.model.forecast import read_off
from forecaster.window import Floats, Window

PERSISTENCE = "persistence"
BLOCK = 4096  # stations predicted at once: what lies between trees and forecast then stays in the processor's cache


class Model(Protocol):
    """A forecast in two steps, so that each can be timed. `version` is what riders are told it comes from."""

    @property
    def version(self) -> str: ...

    def features(self, window: Window) -> Floats:
        """What the model eats of the window's last poll, float32[N, F]."""
        ...

    def predict(self, features: Floats, window: Window) -> Forecast:
        """The forecast of `features`, which are of this window."""
        ...


class Trained:
    """A model from the registry."""

    def __init__(self, version: str, model: ForecastModel) -> None:
        self.version = version
        self.model = model

    def features(self, window: Window) -> Floats:
        return self.model.features(window)

    def predict(self, features: Floats, window: Window) -> Forecast:
        most = self.model.context(window.stations).profile.most
        rows = range(0, max(len(features), 1), BLOCK)
        parts = [self._block(features[at : at + BLOCK], most[at : at + BLOCK]) for at in rows]
        return parts[0] if len(parts) == 1 else _joined(self.model.horizons, parts)

    def _block(self, features: Floats, most: Floats) -> Forecast:
        return read_off(self.model.distribution(features, most), self.model.horizons)


def _joined(horizons: tuple[int, ...], parts: list[Forecast]) -> Forecast:
    names = [field.name for field in fields(Forecast) if field.name != "horizons"]
    arrays: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in parts], axis=1) for name in names}
    return Forecast(horizons, **arrays)


class LastValue:
    """Persistence: what is served when there is no model, or a broken one."""

    version = PERSISTENCE

    def __init__(self, horizons: tuple[int, ...] | None = None) -> None:
        self._model = Persistence() if horizons is None else Persistence(horizons)

    def features(self, window: Window) -> Floats:
        return self._model.features(window)

    def predict(self, features: Floats, window: Window) -> Forecast:  # noqa: ARG002 (they are cheap, it makes its own)
        return self._model.predict(window)
