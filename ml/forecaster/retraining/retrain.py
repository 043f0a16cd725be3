"""Retraining as a whole: train, judge, keep, promote if better. The command line and the service's job run this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from forecaster.evaluation.folds import Fold
from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.boosting import ProgressCallback
from forecaster.model.forecast_model import ModelError
from forecaster.objects import ObjectDamaged, ObjectNotFound
from forecaster.registry.bundle import BadBundle, Bundle
from forecaster.registry.model_card import render_card
from forecaster.registry.registry import CHAMPION, NO_MODEL, Alias, Registry
from forecaster.retraining.model_build import BuildResult, Recipe, build_models
from forecaster.retraining.model_candidates import DESCRIPTIONS, OTHER_ENGINE, Candidate
from forecaster.retraining.promotion import PromotionDecision, decide_promotion, promotion_fold

SLOWER = 1.1  # of the time XGBoost's trees take
YOUNG = timedelta(days=14)  # of history: what comes every week was seen at most once


@dataclass(frozen=True, slots=True)
class ChampionModel:
    """The champion to compare with: `model` is None when there is none, or when it cannot be used (`why`).

    A `young` one was never judged, or has learned from less than `YOUNG`.
    """

    version: str | None
    model: ForecastModel | None
    saw: datetime | None
    why: str
    young: bool = False


@dataclass(frozen=True, slots=True)
class RetrainingResult:
    """The outcome of a retraining: the version (not kept anywhere in a dry run), the verdict, and the champion now."""

    bundle: Bundle
    verdict: PromotionDecision
    champion: Alias | None


def train_and_judge(
    history: History, registry: Registry, recipe: Recipe, *, judge: bool = True, on_progress: ProgressCallback
) -> tuple[Bundle, PromotionDecision, ChampionModel]:
    """Train a version and judge it, keeping nothing.

    What is judged are trials of the recipe's candidates, trained without the days they are judged on; the version is
    the best of them, trained on everything. Without `judge` there is no trial, the candidate is the one that leans on
    other cities' rows most (`grown`, where there is a general model), and only a first model counts as better.
    """
    now = datetime.now(UTC)
    incumbent = load_champion(registry)
    young, fold = incumbent.young, None
    if judge:
        fold = promotion_fold(history, recipe.horizons, champion_saw=incumbent.saw, young=young, start=recipe.start)
    if fold is None:
        verdict = PromotionDecision(better=incumbent.model is None, reason=_unjudged(incumbent, judge=judge))
    else:
        verdict = _judged(history, fold, recipe, incumbent, on_progress)
    candidate = chosen_candidate(recipe, verdict)
    build = build_models(history, recipe, (candidate,), on_progress)[candidate]
    verdict = replace(verdict, chosen=candidate)
    return _bundle(build, verdict, now), verdict, incumbent


def _judged(
    history: History, fold: Fold, recipe: Recipe, incumbent: ChampionModel, on_progress: ProgressCallback
) -> PromotionDecision:
    """Trials of all candidates compared with the champion."""
    trial = replace(recipe, end=_earlier(recipe.end, fold.train_end))
    built = fast_enough(build_models(history, trial, recipe.candidates, on_progress))
    trials = {name: made.model for name, made in built.items()}
    verdict = decide_promotion(history, fold, trials, incumbent.model, young=incumbent.young, on_progress=on_progress)
    description = DESCRIPTIONS[verdict.chosen] if len(trials) > 1 and verdict.chosen else ""
    return replace(verdict, reason="; ".join(filter(None, (incumbent.why, description, verdict.reason))))


def fast_enough(built: Mapping[Candidate, BuildResult]) -> dict[Candidate, BuildResult]:
    """Those that the cycle can afford: what LightGBM grew may take a tenth longer than the same of XGBoost's."""
    return {
        name: result
        for name, result in built.items()
        if name not in OTHER_ENGINE or result.seconds <= SLOWER * built[OTHER_ENGINE[name]].seconds
    }


def chosen_candidate(recipe: Recipe, verdict: PromotionDecision | None) -> Candidate:
    """The candidate that the verdict chose; where none was judged, `grown` if there is a general model, else `own`."""
    fallback: Candidate = "grown" if "grown" in recipe.candidates else "own"
    return next((name for name in recipe.candidates if verdict and name == verdict.chosen), fallback)


def retrain(
    history: History,
    registry: Registry,
    recipe: Recipe,
    *,
    promote: bool,
    judge: bool = True,
    dry_run: bool = False,
    on_progress: ProgressCallback,
) -> RetrainingResult:
    """Train, judge and keep a version; with `promote` it becomes champion if it is better, else challenger.

    A `dry_run` keeps nothing. Raises `ValueError` when there is nothing to learn from, `Conflict` when another
    champion was promoted meanwhile, and the store's `ObjectError`s.
    """
    bundle, verdict, incumbent = train_and_judge(history, registry, recipe, judge=judge, on_progress=on_progress)
    if dry_run:
        return RetrainingResult(bundle, verdict, registry.alias(CHAMPION))
    champion = store_version(registry, bundle, incumbent, promote=promote and verdict.better)
    return RetrainingResult(bundle, verdict, champion)


def store_version(registry: Registry, bundle: Bundle, incumbent: ChampionModel, *, promote: bool) -> Alias | None:
    """Keep a version, as champion or as challenger; the champion then. Raises as `retrain` does."""
    version = registry.upload(bundle)
    if promote:
        registry.promote(version, reason=bundle.manifest.reason, against=incumbent.version)
    else:
        registry.challenge(version, reason=bundle.manifest.reason)
    return registry.alias(CHAMPION)


def load_champion(registry: Registry) -> ChampionModel:
    """Load the champion for the comparison."""
    try:
        version = registry.resolve(CHAMPION)
    except ObjectNotFound:
        return ChampionModel(None, None, None, "the first model")
    except ObjectDamaged as error:
        return ChampionModel(None, None, None, f"the champion is unknown ({error})")
    if version == NO_MODEL:
        return ChampionModel(version, None, None, "no version has served")
    try:
        bundle = registry.load(version)
        model = ForecastModel.load(bundle.files)
    except (BadBundle, ModelError, ObjectNotFound) as error:
        return ChampionModel(version, None, None, f"the champion cannot be used ({error})")
    data = bundle.manifest.data
    young = bundle.metrics.get("judged") is None or (data is not None and data.end - data.start < YOUNG)
    return ChampionModel(version, model, data.end if data else bundle.manifest.created_at, "", young)


def _bundle(build: BuildResult, verdict: PromotionDecision, now: datetime) -> Bundle:
    metrics = {"horizons": verdict.scores, "gain": verdict.gain, "judged": verdict.fold, "weak": verdict.weaknesses}
    bundle = build.bundle(now=now, metrics=metrics, card="", reason=verdict.reason)
    return replace(bundle, card=render_card(bundle.manifest, verdict))


def _unjudged(incumbent: ChampionModel, *, judge: bool) -> str:
    if not judge:
        return "; ".join(filter(None, (incumbent.why, "not judged")))
    if incumbent.model is None:
        return f"{incumbent.why}; too little history to judge it on yet"
    return "too little history that the champion has not seen"


def _earlier(moment: datetime | None, other: datetime) -> datetime:
    return other if moment is None else min(moment, other)
