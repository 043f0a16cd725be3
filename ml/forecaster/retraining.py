"""Retraining as a whole: train, judge, keep, promote if better. The command line and the service's job run this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from forecaster.bundle import BadBundle, Bundle
from forecaster.card import card_of
from forecaster.history import History
from forecaster.making import Made, Recipe, make
from forecaster.model import ForecastModel
from forecaster.model.trained import ModelError
from forecaster.model.trees import Progress
from forecaster.objects import NotFound
from forecaster.promotion import Verdict, fold_for, meet
from forecaster.registry import CHAMPION, NO_MODEL, Alias, Registry

YOUNG = timedelta(days=14)  # of history: what comes every week was seen at most once


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The champion as it is met: `model` is None when there is none, or when it cannot be used (`why`).

    A `young` one was never judged, or has learned from less than `YOUNG`.
    """

    version: str | None
    model: ForecastModel | None
    saw: datetime | None
    why: str
    young: bool = False


@dataclass(frozen=True, slots=True)
class Retrained:
    """What came of a retraining: the version (not kept anywhere in a dry run), the verdict, and the champion now."""

    bundle: Bundle
    verdict: Verdict
    champion: Alias | None


def prepare(
    history: History, registry: Registry, recipe: Recipe, *, judge: bool = True, progress: Progress
) -> tuple[Bundle, Verdict, Incumbent]:
    """Train a version and judge it, keeping nothing.

    What is judged is a trial trained without the days it is judged on; the version is then trained on everything.
    Without `judge` there is no trial, and only a first model counts as better.
    """
    now = datetime.now(UTC)
    incumbent = incumbent_of(registry)
    young, fold = incumbent.young, None
    if judge:
        fold = fold_for(history, recipe.horizons, champion_saw=incumbent.saw, young=young, start=recipe.start)
    if fold is None:
        verdict = Verdict(better=incumbent.model is None, reason=_unjudged(incumbent, judge=judge))
    else:
        trial = make(history, replace(recipe, end=_earlier(recipe.end, fold.train_end)), progress)
        verdict = meet(history, fold, trial.model, incumbent.model, young=young, progress=progress)
        verdict = replace(verdict, reason="; ".join(filter(None, (incumbent.why, verdict.reason))))
    made = make(history, recipe, progress)
    return _bundle(made, verdict, now), verdict, incumbent


def retrain(
    history: History,
    registry: Registry,
    recipe: Recipe,
    *,
    promote: bool,
    judge: bool = True,
    dry_run: bool = False,
    progress: Progress,
) -> Retrained:
    """Train, judge and keep a version; with `promote` it becomes champion if it is better, else challenger.

    A `dry_run` keeps nothing. Raises `ValueError` when there is nothing to learn from, `Conflict` when another
    champion was promoted meanwhile, and the store's `ObjectError`s.
    """
    bundle, verdict, incumbent = prepare(history, registry, recipe, judge=judge, progress=progress)
    if dry_run:
        return Retrained(bundle, verdict, registry.alias(CHAMPION))
    champion = keep(registry, bundle, incumbent, promote=promote and verdict.better)
    return Retrained(bundle, verdict, champion)


def keep(registry: Registry, bundle: Bundle, incumbent: Incumbent, *, promote: bool) -> Alias | None:
    """Keep a version, as champion or as challenger; the champion then. Raises as `retrain` does."""
    version = registry.upload(bundle)
    if promote:
        registry.promote(version, reason=bundle.manifest.reason, against=incumbent.version)
    else:
        registry.challenge(version, reason=bundle.manifest.reason)
    return registry.alias(CHAMPION)


def incumbent_of(registry: Registry) -> Incumbent:
    """The champion, ready to be met."""
    try:
        version = registry.resolve(CHAMPION)
    except NotFound:
        return Incumbent(None, None, None, "the first model")
    if version == NO_MODEL:
        return Incumbent(version, None, None, "no version has served")
    try:
        bundle = registry.load(version)
        model = ForecastModel.load(bundle.files)
    except (BadBundle, ModelError, NotFound) as error:
        return Incumbent(version, None, None, f"the champion cannot be used ({error})")
    data = bundle.manifest.data
    young = bundle.metrics.get("judged") is None or (data is not None and data.end - data.start < YOUNG)
    return Incumbent(version, model, data.end if data else bundle.manifest.created_at, "", young)


def _bundle(made: Made, verdict: Verdict, now: datetime) -> Bundle:
    metrics = {"horizons": verdict.scores, "gain": verdict.gain, "judged": verdict.fold, "weak": verdict.weaknesses}
    bundle = made.bundle(now=now, metrics=metrics, card="", reason=verdict.reason)
    return replace(bundle, card=card_of(bundle.manifest, verdict))


def _unjudged(incumbent: Incumbent, *, judge: bool) -> str:
    if not judge:
        return "; ".join(filter(None, (incumbent.why, "not judged")))
    if incumbent.model is None:
        return f"{incumbent.why}; too little history to judge it on yet"
    return "too little history that the champion has not seen"


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
