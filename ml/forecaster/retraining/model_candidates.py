"""What a retraining chooses from: the city's own model, one grown on the general model, and the general model."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from forecaster.general.general_bundle import packaged_bundle
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting, ProgressCallback
from forecaster.model.engines import Engine
from forecaster.model.forecast_model import ModelError
from forecaster.registry.bundle import BadBundle
from forecaster.training.trainer import TrainingSet, fit

Candidate = Literal["own", "grown", "general"]
DESCRIPTIONS: dict[Candidate, str] = {
    "own": "the city's own model",
    "grown": "the city's own trees, grown on the general model's margins",
    "general": "the general model with the city's profile",
}


def packaged_model() -> ForecastModel | None:
    """The general model that comes with this package; None when it cannot be used here."""
    try:
        return ForecastModel.load(packaged_bundle().files)
    except (BadBundle, ModelError):
        return None


def candidates_for(horizons: tuple[int, ...], general: ForecastModel | None) -> tuple[Candidate, ...]:
    """Which candidates there are for these horizons (minutes): the general model knows its own only."""
    return ("own",) if general is None or general.horizons != horizons else ("own", "grown", "general")


def fit_candidate(
    candidate: Candidate,
    learned: TrainingSet,
    general: ForecastModel | None,
    *,
    engine: Engine,
    horizons: tuple[int, ...],
    boosting: Boosting,
    on_progress: ProgressCallback,
) -> ForecastModel:
    """One candidate from what was learned; `grown` and `general` need the general model."""
    if candidate == "own":
        return fit(learned, engine=engine, horizons=horizons, boosting=boosting, on_progress=on_progress)
    if general is None:
        raise ValueError(f"there is no general model for the candidate {candidate!r}")
    if candidate == "general":
        return replace(general, profile=learned.sums.profile())
    return fit(
        learned, engine=engine, horizons=horizons, boosting=shortened(boosting), base=general, on_progress=on_progress
    )


def shortened(boosting: Boosting) -> Boosting:
    """Half as many trees: the general model's come before them, and both are walked at every forecast."""
    return replace(boosting, rounds=max(boosting.rounds // 2, 1))
