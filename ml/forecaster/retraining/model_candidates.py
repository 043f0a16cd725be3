"""What a retraining chooses from: the city's own model, one grown on the general model, and the general model."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from forecaster.general.general_bundle import packaged_bundle
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting, ProgressCallback
from forecaster.model.engines import Engine, EngineChoice, default_engine, missing
from forecaster.model.forecast_model import ModelError
from forecaster.registry.bundle import BadBundle
from forecaster.training.trainer import TrainingSet, fit

Candidate = Literal["own", "grown", "general", "own-lightgbm", "grown-lightgbm"]
OTHER_ENGINE: dict[Candidate, Candidate] = {"own-lightgbm": "own", "grown-lightgbm": "grown"}
DESCRIPTIONS: dict[Candidate, str] = {
    "own": "the city's own model",
    "grown": "the city's own trees, grown on the general model's margins",
    "general": "the general model with the city's profile",
    "own-lightgbm": "the city's own model, grown by LightGBM",
    "grown-lightgbm": "the city's own trees, grown by LightGBM on the general model's margins",
}


def packaged_model() -> ForecastModel | None:
    """The general model that comes with this package; None when it cannot be used here."""
    try:
        return ForecastModel.load(packaged_bundle().files)
    except (BadBundle, ModelError):
        return None


def candidates_for(
    horizons: tuple[int, ...], general: ForecastModel | None, engine: EngineChoice = "xgboost"
) -> tuple[Candidate, ...]:
    """Which candidates there are for these horizons (minutes): the general model knows its own only.

    With `auto` what is grown by XGBoost is grown by LightGBM too, where that can be loaded.
    """
    usual: tuple[Candidate, ...] = ("own",)
    if general is not None and general.horizons == horizons:
        usual = ("own", "grown", "general")
    if engine != "auto" or missing("lightgbm") is not None:
        return usual
    return (*usual, *(other for other, same in OTHER_ENGINE.items() if same in usual))


def engine_for(candidate: Candidate, choice: EngineChoice) -> Engine:
    """What grows the candidate's trees."""
    return "lightgbm" if candidate in OTHER_ENGINE else default_engine(choice)


def fit_candidate(
    candidate: Candidate,
    learned: TrainingSet,
    general: ForecastModel | None,
    *,
    engine: EngineChoice,
    horizons: tuple[int, ...],
    boosting: Boosting,
    on_progress: ProgressCallback,
) -> ForecastModel:
    """One candidate from what was learned; `grown` and `general` need the general model."""
    grower = engine_for(candidate, engine)
    if OTHER_ENGINE.get(candidate, candidate) == "own":
        return fit(learned, engine=grower, horizons=horizons, boosting=boosting, on_progress=on_progress)
    if general is None:
        raise ValueError(f"there is no general model for the candidate {candidate!r}")
    if candidate == "general":
        return replace(general, profile=learned.sums.profile())
    return fit(
        learned, engine=grower, horizons=horizons, boosting=shortened(boosting), base=general, on_progress=on_progress
    )


def shortened(boosting: Boosting) -> Boosting:
    """Half as many trees: the general model's come before them, and both are walked at every forecast."""
    return replace(boosting, rounds=max(boosting.rounds // 2, 1))
