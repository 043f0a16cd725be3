"""The three candidates of a retraining, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting, ignore_progress
from forecaster.model.engines import Engine, StackedTrees
from forecaster.registry.registry import Registry
from forecaster.retraining.model_build import Recipe
from forecaster.retraining.model_candidates import Candidate, candidates_for, fit_candidate, packaged_model
from forecaster.retraining.promotion import decide_promotion, promotion_fold
from forecaster.retraining.retrain import retrain
from forecaster.training.trainer import HORIZONS, TrainingSet, collect_training_set
from forecaster.window import Window

BOOSTING = Boosting(rounds=8, leaves=7)


@pytest.fixture(scope="module")
def general() -> ForecastModel:
    """The general model of the package."""
    model = packaged_model()
    assert model is not None
    return model


def fitted(
    candidate: Candidate, learned: TrainingSet, general: ForecastModel | None, engine: Engine = "xgboost"
) -> ForecastModel:
    return fit_candidate(
        candidate, learned, general, engine=engine, horizons=HORIZONS, boosting=BOOSTING, on_progress=ignore_progress
    )


@pytest.fixture
def learned(city: Callable[..., Window]) -> TrainingSet:
    """Rows of two days."""
    return collect_training_set(MemoryHistory(city(2)), sample_rows=3_000)


def test_other_horizons_leave_only_the_citys_own(general: ForecastModel) -> None:
    assert candidates_for((10, 30), general) == ("own",)
    assert candidates_for(HORIZONS, None) == ("own",)
    assert candidates_for(HORIZONS, general) == ("own", "grown", "general")


@pytest.mark.parametrize("engine", ["xgboost", "lightgbm"])
def test_grown_trees_add_to_the_general_ones_and_survive_the_store(
    general: ForecastModel, learned: TrainingSet, engine: Engine
) -> None:
    model = fitted("grown", learned, general, engine)
    assert isinstance(model.trees, StackedTrees)
    x = learned.sample.x[:200]
    added = model.margins(x) - general.margins(x)
    np.testing.assert_allclose(added, model.trees.top.margins(x), rtol=1e-4, atol=1e-4)
    assert np.abs(added).max() > 0
    again = ForecastModel.load(model.save())
    np.testing.assert_allclose(again.margins(x), model.margins(x), rtol=1e-5, atol=1e-5)
    assert again.engine == engine


def test_the_general_candidate_has_the_citys_profile(general: ForecastModel, learned: TrainingSet) -> None:
    model = fitted("general", learned, general)
    assert model.trees is general.trees
    assert model.profile.ids == learned.sums.stations.ids
    assert np.isfinite(model.profile.table).all()


def test_without_a_general_model_there_is_nothing_to_grow_on(learned: TrainingSet) -> None:
    with pytest.raises(ValueError, match="no general model"):
        fitted("grown", learned, None)


def test_the_candidate_with_the_lowest_crps_is_compared(city: Callable[..., Window], general: ForecastModel) -> None:
    history = MemoryHistory(city(3))
    fold = promotion_fold(history, HORIZONS, champion_saw=None)
    assert fold is not None
    learned = collect_training_set(history, end=fold.train_end, sample_rows=3_000)
    good = fitted("grown", learned, general)
    wrong = replace(good, prior=replace(good.prior, logits=good.prior.logits[..., ::-1].copy()))
    trials: dict[Candidate, ForecastModel] = {"own": wrong, "grown": good}
    verdict = decide_promotion(history, fold, trials, None, on_progress=ignore_progress)
    assert verdict.chosen == "grown"
    assert set(verdict.scores["10"]) == {"challenger", "own", "persistence"}
    assert verdict.scores["10"]["challenger"]["crps"] < verdict.scores["10"]["own"]["crps"]
    trials = {"own": good, "grown": wrong}
    assert decide_promotion(history, fold, trials, None, on_progress=ignore_progress).chosen == "own"


def test_a_retraining_promotes_the_best_and_says_which(
    stored_city: Callable[..., History], general: ForecastModel
) -> None:
    history = stored_city(2)
    registry = Registry(history.objects)
    recipe = Recipe(sample_rows=3_000, boosting=BOOSTING, general=general)
    done = retrain(history, registry, recipe, promote=True, on_progress=ignore_progress)
    assert done.champion is not None
    bundle = registry.load(done.champion.version)
    scores = bundle.metrics["horizons"]["60"]
    assert len(scores) == 4
    assert bundle.metrics["candidate"] == done.verdict.chosen
    others = {name: score["crps"] for name, score in scores.items() if name not in ("challenger", "persistence")}
    total = sum(bundle.metrics["horizons"][str(h)]["challenger"]["crps"] for h in HORIZONS)
    for name in others:
        assert total <= 1.02 * sum(bundle.metrics["horizons"][str(h)][name]["crps"] for h in HORIZONS)
    assert "general model" in bundle.card or "city's own" in bundle.card


def test_too_short_to_judge_grows_on_the_general_model(
    stored_city: Callable[..., History], general: ForecastModel
) -> None:
    history = stored_city(1)
    span = history.span()
    assert span is not None
    recipe = Recipe(
        sample_rows=2_000, boosting=BOOSTING, general=general, start=span[1] - timedelta(hours=6), quick=True
    )
    done = retrain(history, Registry(history.objects), recipe, promote=True, on_progress=ignore_progress)
    assert done.verdict.fold is None
    assert done.verdict.chosen == "grown"
