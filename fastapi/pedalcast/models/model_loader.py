"""Loads the champion into this process: checked, tried, swapped in, and announced to the other replicas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import structlog

from forecaster.objects import ObjectConflict, ObjectError, ObjectNotFound
from forecaster.registry.bundle import BadBundle
from forecaster.registry.registry import CHAMPION, NO_MODEL, Alias, Registry
from pedalcast.forecasts.prediction.champion import UnusableModelError, load_model
from pedalcast.forecasts.prediction.models import Model
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.errors import ConflictError, NotFoundError, PedalcastError, UnavailableError
from pedalcast.models.champion_events import ChampionChange
from pedalcast.models.metrics import ModelMetrics

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelSwap:
    """The outcome of a reload: `version` serves in the place of `before`, since `at` (aware UTC)."""

    version: str
    before: str
    at: datetime
    reason: str


class ModelLoader:
    """Swaps models in. Whatever cannot be loaded leaves the model that serves where it is."""

    def __init__(
        self, registry: Registry, forecasts: ForecastService, client: redis.Redis, instruments: ModelMetrics
    ) -> None:
        self._registry = registry
        self._forecasts = forecasts
        self._redis = client
        self._instruments = instruments

    def reload(self) -> ModelSwap:
        """Load the champion and use it from the next cycle on; tell the other replicas.

        Raises `PedalcastError`: 404 without a champion, 409 when it cannot be used, 503 when the store is away.
        """
        alias = self._champion()
        model = self.tried(alias.version)
        before = self._forecasts.swap(model)
        self._instruments.reloads.labels("swapped").inc()
        ChampionChange(alias.version, before.version, alias.reason).publish(self._redis)
        log.info("model loaded, serving", version=alias.version, before=before.version, reason=alias.reason)
        return ModelSwap(alias.version, before.version, datetime.now(UTC), alias.reason)

    def tried(self, version: str) -> Model | None:
        """A version ready to serve, None for persistence. Raises `PedalcastError` like `reload`."""
        if version == NO_MODEL:
            return None
        try:
            return load_model(self._registry, version)
        except (ObjectError, BadBundle, UnusableModelError) as error:
            problem = as_problem(error)
            self._instruments.reloads.labels(problem.code).inc()
            log.warning("model refused, not loaded", version=version, reason=str(error))
            raise problem from error

    def _champion(self) -> Alias:
        try:
            alias = self._registry.alias(CHAMPION)
        except ObjectError as error:
            raise as_problem(error) from error
        if alias is None:
            raise NotFoundError("There is no champion yet; persistence goes on forecasting.", "no_champion")
        return alias


def as_problem(error: ObjectError | BadBundle | UnusableModelError) -> PedalcastError:
    """The error that the API answers with."""
    if isinstance(error, ObjectNotFound):
        return NotFoundError(f"{error}".capitalize() + ".", "version_not_found")
    if isinstance(error, ObjectConflict):
        return ConflictError(f"{error}", "conflict")
    if isinstance(error, ObjectError):
        return UnavailableError(f"The model store does not answer: {error}", "store_unavailable")
    return ConflictError(f"{error}", "model_unusable")
