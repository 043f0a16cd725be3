"""What the cycle asks of a model, and the forecaster's models made to answer it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from forecaster.arrays import Floats, Ints
from forecaster.drift import DriftReference
from forecaster.features.profile import Profile
from forecaster.model import Forecast, ForecastModel, Persistence
from forecaster.window import Window
from pedalcast.forecasts.prediction.drift_sampling import InputSampler

PERSISTENCE = "persistence"


class Model(Protocol):
    """A forecast in two steps, so that each can be timed. `version` names the model in answers and metrics.

    A model whose inputs are not sampled inherits `drift_reference` and `take_input_samples`.

    >>> model: Model = PersistenceModel(horizons=(10, 30))
    >>> model.version
    'persistence'
    >>> model.take_input_samples()
    []
    """

    @property
    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def features(self, window: Window) -> Floats:
        """The model's inputs for the window's last poll, float32[N, F]."""
        ...

    @abstractmethod
    def predict(self, features: Floats, window: Window) -> Forecast:
        """The forecast of `features`, which are of this window."""
        ...

    def use_profile(self, profile: Profile) -> bool:  # noqa: ARG002
        """Forecast with this profile of the city from now on; whether the model has one at all."""
        return False

    @property
    def drift_reference(self) -> DriftReference | None:
        """The distribution of the training inputs; None where the inputs are not sampled."""
        return None

    def take_input_samples(self) -> list[tuple[int, Ints]]:
        """The inputs sampled since the last call, counted: see `InputSampler.take`. Empty without a reference."""
        return []


class RegistryModel(Model):
    """A model from the registry; with a `reference`, its inputs are sampled on their way in."""

    version: str = ""

    def __init__(self, version: str, model: ForecastModel, reference: DriftReference | None = None) -> None:
        self.version = version
        self.model = model
        self._sampler = None if reference is None else InputSampler(reference)

    def features(self, window: Window) -> Floats:
        features = self.model.features(window)
        if self._sampler is not None:
            self._sampler.offer(int(window.times[-1]), features)
        return features

    def use_profile(self, profile: Profile) -> bool:
        self.model = self.model.with_profile(profile)
        return True

    def predict(self, features: Floats, window: Window) -> Forecast:
        return self.model.predict_rows(features, self.model.context(window.stations))

    @property
    def drift_reference(self) -> DriftReference | None:
        return None if self._sampler is None else self._sampler.reference

    def take_input_samples(self) -> list[tuple[int, Ints]]:
        return [] if self._sampler is None else self._sampler.take()


class PersistenceModel(Model):
    """The last value: what is served without a model, or when the model fails."""

    version = PERSISTENCE

    def __init__(self, horizons: tuple[int, ...] | None = None) -> None:
        self._model = Persistence() if horizons is None else Persistence(horizons)

    def features(self, window: Window) -> Floats:
        return self._model.features(window)

    def predict(self, features: Floats, window: Window) -> Forecast:  # noqa: ARG002 (it makes its own, cheaply)
        return self._model.predict(window)
