"""From a history to a model version: trained, and described so that it can be made again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from forecaster.arrays import Floats
from forecaster.drift import FILE as REFERENCE
from forecaster.drift import DriftReference
from forecaster.features import feature_hash
from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting, ProgressCallback
from forecaster.model.engines import EngineChoice, default_engine, engine_of
from forecaster.registry.bundle import Bundle, DataWindow, Manifest, version_id
from forecaster.registry.provenance import git_commit, libraries
from forecaster.retraining.model_candidates import Candidate, candidates_for, fit_candidate
from forecaster.training.day_cluster import DayCluster
from forecaster.training.trainer import HORIZONS, TrainingSet, collect_training_set

ATTEMPTS = 7


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is to be made: trained on [`start`, `end`) (all there is by default), `horizons` in minutes.

    A `quick` one learns from fewer rows of a short history, unless `sample_rows` says how many, in half as many trees.
    With a `general` model of the same horizons the city's own model is one of three candidates; with the engine `auto`
    what is grown by XGBoost is grown by LightGBM too. A `cluster` reads the history.
    """

    engine: EngineChoice = "xgboost"
    horizons: tuple[int, ...] = HORIZONS
    start: datetime | None = None
    end: datetime | None = None
    sample_rows: int | None = None
    seed: int = 0
    boosting: Boosting = field(default_factory=Boosting)
    quick: bool = False
    general: ForecastModel | None = None
    cluster: DayCluster | None = None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What can be made by this recipe."""
        return candidates_for(self.horizons, self.general, self.engine)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A trained model and which candidate it is, the history it was trained on, and how its inputs lay there."""

    candidate: Candidate
    model: ForecastModel
    data: DataWindow
    reference: DriftReference
    seconds: float = 0.0  # to forecast as many rows as there are stations, the best of some attempts

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
        return Bundle(manifest, files, {**metrics, "candidate": self.candidate}, card)


def build_models(
    history: History, recipe: Recipe, candidates: Sequence[Candidate], on_progress: ProgressCallback
) -> dict[Candidate, BuildResult]:
    """Train candidates by a recipe, all from the same rows. `ValueError` when the history holds nothing to learn from
    in that time, at once `EngineMissingError` when the engine cannot be loaded."""
    engine_of(default_engine(recipe.engine))
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
        cluster=recipe.cluster,
        on_progress=on_progress,
    )
    window = _window(history, learned, max(start, span[0]), min(end, span[1]))
    reference = DriftReference.of(learned.sample.x)
    rows = learned.sample.x[: len(learned.sums.stations.ids)]
    results = {}
    for candidate in candidates:
        model = _fitted(candidate, learned, recipe, on_progress)
        results[candidate] = BuildResult(candidate, model, window, reference, _seconds(model, rows))
    return results


def _seconds(model: ForecastModel, rows: Floats) -> float:
    """How long the model takes for these rows: the least of several times, others disturb the rest."""
    taken = []
    for _ in range(ATTEMPTS):
        started = time.perf_counter()
        model.margins(rows)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _fitted(candidate: Candidate, learned: TrainingSet, recipe: Recipe, on_progress: ProgressCallback) -> ForecastModel:
    boosting = replace(recipe.boosting.hurried() if recipe.quick else recipe.boosting, seed=recipe.seed)
    return fit_candidate(
        candidate,
        learned,
        recipe.general,
        engine=recipe.engine,
        horizons=recipe.horizons,
        boosting=boosting,
        on_progress=on_progress,
    )


def _window(history: History, learned: TrainingSet, start: datetime, end: datetime) -> DataWindow:
    system = history.system()
    stations = len(learned.sums.stations.ids)
    return DataWindow(system.id if system else "unknown", start, end, stations, len(learned.sample))
