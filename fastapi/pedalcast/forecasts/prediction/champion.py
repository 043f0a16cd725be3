"""Load a model from the registry, tried before use, and follow the champion alias."""

from __future__ import annotations

import numpy as np
import structlog

from forecaster.drift import DriftReference
from forecaster.model import ForecastModel
from forecaster.objects import ObjectError, ObjectNotFound
from forecaster.registry.bundle import BadBundle
from forecaster.registry.registry import CHAMPION, NO_MODEL, Registry
from forecaster.window import StationSet, Window
from pedalcast.forecasts.prediction.models import Model, RegistryModel
from pedalcast.forecasts.service import ForecastService

log = structlog.get_logger(__name__)
_STATIONS, _POLLS = 4, 13


class UnusableModelError(Exception):
    """A version's files are whole, and yet it cannot forecast; one line."""


def load_model(registry: Registry, name: str = CHAMPION) -> Model:
    """The model of a version (or an alias), its hashes checked, after one forecast as a trial.

    Its inputs are sampled where the version holds the distribution of its training inputs.

    Raises the store's `ObjectError`s, `BadBundle` when the files are not those that were saved or are made for other
    features, `UnusableModelError` when the trial fails.
    """
    bundle = registry.load(name)
    try:
        trained, reference = ForecastModel.load(bundle.files), DriftReference.from_files(bundle.files)
        forecast = trained.predict(_trial_window())
    except Exception as error:
        raise UnusableModelError(f"version {bundle.manifest.id}: {type(error).__name__}: {error}") from error
    if not np.isfinite(forecast.bikes).all():
        raise UnusableModelError(f"version {bundle.manifest.id} forecasts values that are not finite")
    return RegistryModel(bundle.manifest.id, trained, reference)


class ChampionFollower:
    """Swaps the champion in when the alias moves. A version that cannot be used leaves the model unchanged."""

    def __init__(self, registry: Registry, service: ForecastService) -> None:
        self._registry = registry
        self._service = service
        self._refused: str | None = None

    def look(self) -> None:
        """One look at the alias; every replica does it on its own, from any of its threads. Raises nothing."""
        with self._service.changing:  # the news of a champion and the clock may come at once: it is loaded once
            self._look()

    def _look(self) -> None:
        try:
            alias = self._registry.alias(CHAMPION)
            if alias is None or alias.version in (self._service.models.current.version, self._refused):
                return
            self._refused = alias.version
            model = None if alias.version == NO_MODEL else load_model(self._registry, alias.version)
        except ObjectError as error:
            self._refused = None  # the store may answer next time
            if not isinstance(error, ObjectNotFound):
                log.warning("champion alias unreadable, model kept", reason=str(error))
            return
        except (BadBundle, UnusableModelError) as error:
            log.warning("champion unusable, model kept", reason=str(error))
            return
        self._service.swap(model)
        self._refused = None
        log.info("champion loaded", version=alias.version, reason=alias.reason)


def _trial_window() -> Window:
    """An hour of polls of four stations; the capacity of one is unknown."""
    places = np.linspace(37.50, 37.56, _STATIONS)
    capacity = np.array([10.0, 20.0, np.nan, 15.0])
    names = tuple(f"trial-{n}" for n in range(_STATIONS))
    stations = StationSet(names, places, places + 90, capacity, np.full(_STATIONS, np.nan), "UTC")
    times = 1_700_000_000 + 300 * np.arange(_POLLS, dtype=np.int64)
    bikes = np.random.default_rng(0).integers(0, 10, (_POLLS, _STATIONS)).astype(np.float32)
    unknown = np.full_like(bikes, np.nan)
    return Window(stations, times, bikes, 10 - bikes, unknown, np.ones_like(bikes))
