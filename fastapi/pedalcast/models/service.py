"""The registry's versions: listed, promoted, rolled back, scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar

from collector.clocks import Clock
from forecaster.general.general_bundle import packaged_bundle
from forecaster.general.general_trainer import GENERAL
from forecaster.objects import ObjectError
from forecaster.registry.bundle import BadBundle, Manifest
from forecaster.registry.registry import CHALLENGER, CHAMPION, NO_MODEL, Alias, NoPreviousVersion, Registry
from forecaster.verification import matured
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.errors import ConflictError, NotFoundError
from pedalcast.models.model_loader import ModelLoader, ModelSwap, as_problem
from pedalcast.models.schemas import AliasView, ModelList, ModelScores, ModelVersion, ServingModel

T = TypeVar("T")


class ModelService:
    """The registry as the API shows and changes it. Raises `PedalcastError`s; may be used from any thread."""

    def __init__(self, registry: Registry, loader: ModelLoader, forecasts: ForecastService, clock: Clock) -> None:
        self._registry = registry
        self._loader = loader
        self._forecasts = forecasts
        self._clock = clock

    def everything(self, newest: int) -> ModelList:
        """The newest versions, the aliases, and what serves here."""
        roles = self._ask(lambda: {name: self._registry.alias(name) for name in (CHAMPION, CHALLENGER)})
        manifests = self._ask(self._registry.versions)[:newest]
        versions = [self._version(manifest, roles) for manifest in manifests]
        serving = ServingModel(version=self._forecasts.models.current.version)
        champion, challenger = _pointer(roles[CHAMPION]), _pointer(roles[CHALLENGER])
        return ModelList(serving=serving, champion=champion, challenger=challenger, versions=versions)

    def reload(self) -> ModelSwap:
        """Use the champion, here and in every replica."""
        return self._loader.reload()

    def promote(self, version: str, reason: str) -> ModelSwap:
        """Make a version the champion, once it has been tried here, and use it."""
        version = self._existing(version)
        self._loader.tried(version)
        self._ask(lambda: self._registry.promote(version, reason=reason))
        return self._loader.reload()

    def rollback(self, reason: str) -> ModelSwap:
        """Make the champion before this one champion again, and use it."""
        try:
            self._ask(lambda: self._registry.rollback(reason))
        except NoPreviousVersion as error:
            raise ConflictError(f"{error}".capitalize() + ".", "nothing_before") from error
        return self._loader.reload()

    def scores(self, name: str, hours: float) -> ModelScores:
        """How a version (or an alias's, or persistence) did in the last hours, and in its backtest."""
        version = self._existing(name)
        until = self._clock.now()
        since = until - timedelta(hours=hours)
        live = self._live(version, since, until)
        return ModelScores(
            version=version,
            since=since,
            until=until,
            live=live,
            backtest=self._ask(lambda: self._metrics(version)),
        )

    def card(self, name: str) -> str:
        """A version's card, Markdown. Raises `NotFoundError` when it has none."""
        version = self._existing(name)
        text = self._ask(lambda: packaged_bundle().card if version == GENERAL else self._registry.card(version))
        if not text:
            raise NotFoundError(f"Version {version} has no card.", "no_card")
        return text

    def _metrics(self, version: str) -> dict[str, Any]:
        return packaged_bundle().metrics if version == GENERAL else self._registry.metrics(version)

    def _existing(self, name: str) -> str:
        """The version that a name stands for. Raises `NotFoundError` when there is none."""
        if name in (NO_MODEL, GENERAL):
            return name
        version = self._ask(lambda: self._registry.resolve(name))
        return version if version == NO_MODEL else self._ask(lambda: self._registry.manifest(version)).id

    def _ask(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (ObjectError, BadBundle) as error:
            raise as_problem(error) from error

    def _live(self, version: str, since: datetime, until: datetime) -> dict[int, dict[str, float | int | None]]:
        rows = self._ask(lambda: matured.read(self._registry.objects, since, until))
        means = matured.summarise_rows(row for row in rows if row.model == version)
        return {horizon: asdict(scores) for horizon, scores in means.items()}

    def _version(self, manifest: Manifest, roles: dict[str, Alias | None]) -> ModelVersion:
        aliases = [name for name, alias in roles.items() if alias is not None and alias.version == manifest.id]
        return ModelVersion.model_validate(
            {
                **asdict(manifest),
                "aliases": aliases,
                "metrics": self._ask(lambda: self._registry.metrics(manifest.id)),
            }
        )


def _pointer(alias: Alias | None) -> AliasView | None:
    if alias is None:
        return None
    return AliasView(version=alias.version, since=alias.at, reason=alias.reason, previous=list(alias.previous))
