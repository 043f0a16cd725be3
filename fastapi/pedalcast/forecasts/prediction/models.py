"""What the cycle asks of a model, and the forecaster's models made to answer it."""

from __future__ import annotations

from typing import Protocol

from forecaster.arrays import Floats
from forecaster.model import Forecast, ForecastModel, Persistence
from forecaster.window import Window

PERSISTENCE = "persistence"


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


class RegistryModel:
    """A model from the registry."""

    def __init__(self, version: str, model: ForecastModel) -> None:
        self.version = version
        self.model = model

    def features(self, window: Window) -> Floats:
        return self.model.features(window)

    def predict(self, features: Floats, window: Window) -> Forecast:
        return self.model.predict_rows(features, self.model.context(window.stations))


class PersistenceModel:
    """Persistence: what is served when there is no model, or a broken one."""

    version = PERSISTENCE

    def __init__(self, horizons: tuple[int, ...] | None = None) -> None:
        self._model = Persistence() if horizons is None else Persistence(horizons)

    def features(self, window: Window) -> Floats:
        return self._model.features(window)

    def predict(self, features: Floats, window: Window) -> Forecast:  # noqa: ARG002 (they are cheap, it makes its own)
        return self._model.predict(window)
