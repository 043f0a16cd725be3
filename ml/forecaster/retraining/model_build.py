"""From a history to a model version: trained, and described so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from forecaster.drift import FILE as REFERENCE
from forecaster.drift import DriftReference
from forecaster.features import feature_hash
from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting, ProgressCallback
from forecaster.model.engines import Engine, engine_of
from forecaster.registry.bundle import Bundle, DataWindow, Manifest, version_id
from forecaster.registry.provenance import git_commit, libraries
from forecaster.training.trainer import HORIZONS, TrainingSet, collect_training_set, fit


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is to be made: trained on [`start`, `end`) (all there is by default), `horizons` in minutes.

    A `quick` one learns from fewer rows of a short history, unless `sample_rows` says how many, in half as many trees.
    """

    engine: Engine = "xgboost"
    horizons: tuple[int, ...] = HORIZONS
    start: datetime | None = None
    end: datetime | None = None
    sample_rows: int | None = None
    seed: int = 0
    boosting: Boosting = field(default_factory=Boosting)
    quick: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A trained model, the history it was trained on, and how its inputs lay there."""

    model: ForecastModel
    data: DataWindow
    reference: DriftReference

    def bundle(self, *, now: datetime, metrics: Mapping[str, Any], card: str, reason: str) -> Bundle:
        """The model as a version made at `now`."""
        engine = self.model.engine
        manifest = Manifest(
            id=version_id(now, engine),
            created_at=now.astimezone(UTC).replace(microsecond=0),
            engine=engine,
            horizons=self.model.horizons,
            feature_hash=feature_hash(),
            data=self.data,
            reason=reason,
            libraries=libraries(),
            git_commit=git_commit(),
        )
        files = {**self.model.save(), REFERENCE: self.reference.to_json()}
        return Bundle(manifest, files, dict(metrics), card)


def build_model(history: History, recipe: Recipe, on_progress: ProgressCallback) -> BuildResult:
    """Train by a recipe. `ValueError` when the history holds nothing to learn from in that time, at once
    `EngineMissingError` when the engine cannot be loaded."""
    engine_of(recipe.engine)
    span = history.span()
    if span is None:
        raise ValueError("there is no history to learn from: import a recording, or let the archiver run")
    start, end = recipe.start or span[0], recipe.end or span[1] + timedelta(seconds=1)
    learned = collect_training_set(
        history,
        horizons=recipe.horizons,
        start=start,
        end=end,
        sample_rows=recipe.sample_rows,
        quick=recipe.quick,
        seed=recipe.seed,
        on_progress=on_progress,
    )
    boosting = replace(recipe.boosting.hurried() if recipe.quick else recipe.boosting, seed=recipe.seed)
    model = fit(learned, engine=recipe.engine, horizons=recipe.horizons, boosting=boosting, on_progress=on_progress)
    window = _window(history, learned, max(start, span[0]), min(end, span[1]))
    return BuildResult(model, window, DriftReference.of(learned.sample.x))


def _window(history: History, learned: TrainingSet, start: datetime, end: datetime) -> DataWindow:
    system = history.system()
    stations = len(learned.sums.stations.ids)
    return DataWindow(system.id if system else "unknown", start, end, stations, len(learned.sample))
