"""Retraining as a whole, on a small city in a real store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.features import feature_hash
from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting
from forecaster.objects import open_objects
from forecaster.registry.model_card import render_card
from forecaster.registry.registry import Registry
from forecaster.retraining.model_build import Recipe, build_models
from forecaster.retraining.model_candidates import engine_for
from forecaster.retraining.retrain import fast_enough, load_champion, retrain, train_and_judge

RECIPE = Recipe(horizons=(10, 30), sample_rows=4_000, boosting=Boosting(rounds=20, leaves=7))


def quietly(_doing: str, _share: float) -> None:
    """No progress wanted."""


@pytest.fixture
def registry(stored_city: Callable[..., History]) -> Registry:
    """The registry beside four days of history."""
    return Registry(stored_city(4).objects)


def test_the_first_model_becomes_champion(registry: Registry) -> None:
    done = retrain(History(registry.objects), registry, RECIPE, promote=True, on_progress=quietly)
    assert done.verdict.better
    assert done.champion is not None
    assert done.champion.version == done.bundle.manifest.id
    assert done.champion.reason == done.verdict.reason
    assert done.champion.reason.startswith("the first model; CRPS +")

    kept = registry.load("champion")
    assert ForecastModel.load(kept.files).horizons == (10, 30)
    manifest = kept.manifest
    assert manifest.feature_hash == feature_hash()
    assert manifest.data is not None
    span = History(registry.objects).span()
    assert span is not None
    assert (manifest.data.start, manifest.data.end) == span
    assert (manifest.data.system, manifest.data.stations) == ("invented", 20)
    assert 1_000 < manifest.data.rows < 8_000
    assert set(kept.metrics["horizons"]["10"]) == {"challenger", "persistence"}
    assert kept.metrics["weak"] == list(done.verdict.weaknesses)
    assert kept.card == render_card(done.bundle.manifest, done.verdict)


def test_without_promote_it_stands_beside(registry: Registry) -> None:
    done = retrain(History(registry.objects), registry, RECIPE, promote=False, on_progress=quietly)
    assert done.champion is None
    assert registry.resolve("challenger") == done.bundle.manifest.id


def test_a_champion_that_saw_everything_stays(registry: Registry) -> None:
    first = retrain(History(registry.objects), registry, RECIPE, promote=True, on_progress=quietly)
    recipe = replace(RECIPE, engine="lightgbm")
    second = retrain(History(registry.objects), registry, recipe, promote=True, on_progress=quietly)
    assert second.champion == first.champion
    assert "has not seen" in second.verdict.reason
    assert registry.resolve("challenger") == second.bundle.manifest.id


def test_a_better_one_replaces_a_poor_champion(stored_city: Callable[..., History]) -> None:
    history = stored_city(9)
    registry = Registry(history.objects)
    span = history.span()
    assert span is not None
    poor = replace(RECIPE, end=span[0] + timedelta(days=1), boosting=Boosting(rounds=1))
    first = retrain(history, registry, poor, promote=True, judge=False, on_progress=quietly)
    recipe = replace(RECIPE, engine="lightgbm", boosting=Boosting(rounds=60, leaves=7))
    second = retrain(history, registry, recipe, promote=True, on_progress=quietly)
    assert second.champion is not None
    assert second.champion.version == second.bundle.manifest.id
    assert second.champion.previous == (first.bundle.manifest.id,)
    assert second.verdict.gain is not None
    assert second.verdict.gain[1] > 0


def test_a_first_model_of_two_days_is_replaced_within_two_more(stored_city: Callable[..., History]) -> None:
    """A new city: the first model at once and unjudged, then one a day."""
    registry = Registry(stored_city(2).objects)
    hasty = replace(RECIPE, sample_rows=1_000, boosting=Boosting(rounds=3, leaves=4))
    first = retrain(stored_city(2), registry, hasty, promote=True, judge=False, on_progress=quietly)
    assert first.champion is not None
    assert first.champion.reason == "the first model; not judged"
    assert load_champion(registry).young
    recipe = replace(RECIPE, sample_rows=8_000, boosting=Boosting(rounds=40, leaves=7), engine="lightgbm")
    verdicts = []
    for days in (3, 4):
        done = retrain(stored_city(days), registry, recipe, promote=True, on_progress=quietly)
        verdicts.append(done.verdict)
        if done.verdict.better:
            break
    assert done.champion is not None
    assert done.champion.version == done.bundle.manifest.id != first.bundle.manifest.id
    assert done.champion.reason.endswith(" hours")
    assert verdicts[-1].gain is not None
    assert verdicts[-1].gain[1] > 0
    assert load_champion(registry).young  # it is judged, but has seen few days


def test_a_champion_of_weeks_that_was_judged_is_not_young(stored_city: Callable[..., History]) -> None:
    history = stored_city(15, count=4, step=600)
    registry = Registry(history.objects)
    retrain(history, registry, RECIPE, promote=True, on_progress=quietly)
    assert not load_champion(registry).young


def test_a_champion_that_cannot_be_used_is_replaced(registry: Registry) -> None:
    history = History(registry.objects)
    bundle, _, _ = train_and_judge(history, registry, RECIPE, judge=False, on_progress=quietly)
    older = replace(bundle.manifest, id="20200101T000000Z-xgboost", feature_hash="older")
    registry.objects.put(
        "models/aliases/champion.json",
        b'{"version": "20200101T000000Z-xgboost", "at": "2020-01-01T00:00:00Z", "reason": "", "previous": []}',
    )
    registry.upload(replace(bundle, manifest=older))
    done = retrain(history, registry, RECIPE, promote=True, on_progress=quietly)
    assert done.champion is not None
    assert done.champion.version == done.bundle.manifest.id
    assert done.champion.reason.startswith("the champion cannot be used (version 20200101T000000Z-xgboost is made for")


def test_a_dry_run_keeps_nothing(registry: Registry) -> None:
    done = retrain(History(registry.objects), registry, RECIPE, promote=True, dry_run=True, on_progress=quietly)
    assert done.verdict.better
    assert registry.objects.list("models/") == []


def test_a_window_shorter_than_a_week_is_judged_on_a_part_of_itself(stored_city: Callable[..., History]) -> None:
    history = stored_city(15, count=4, step=600)
    span = history.span()
    assert span is not None
    recipe = replace(RECIPE, start=span[1] - timedelta(days=2))
    done = retrain(history, Registry(history.objects), recipe, promote=True, dry_run=True, on_progress=quietly)
    assert done.verdict.fold is not None
    assert timedelta(hours=9) < span[1] - done.verdict.fold.start < timedelta(hours=10)


def test_a_horizon_that_no_poll_meets_is_not_judged(stored_city: Callable[..., History]) -> None:
    history = stored_city(8, count=6, step=1800)
    done = retrain(history, Registry(history.objects), RECIPE, promote=True, dry_run=True, on_progress=quietly)
    assert set(done.verdict.scores) == {"30"}


def test_too_little_to_judge_still_makes_a_first_model(stored_city: Callable[..., History]) -> None:
    history = stored_city(0.2)
    done = retrain(history, Registry(history.objects), RECIPE, promote=True, on_progress=quietly)
    assert done.champion is not None
    assert "too little history to judge it on yet" in done.champion.reason


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    objects = open_objects(tmp_path)
    with pytest.raises(ValueError, match="no history to learn from"):
        retrain(History(objects), Registry(objects), RECIPE, promote=True, on_progress=quietly)


def test_made_now(registry: Registry) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    bundle, _, _ = train_and_judge(History(registry.objects), registry, RECIPE, judge=False, on_progress=quietly)
    assert before <= bundle.manifest.created_at <= datetime.now(UTC)


class TestBothEngines:
    RECIPE = replace(RECIPE, engine="auto")

    def test_each_grows_its_candidate_from_the_same_rows(self, stored_city: Callable[..., History]) -> None:
        assert self.RECIPE.candidates == ("own", "own-lightgbm")
        built = build_models(stored_city(2), self.RECIPE, self.RECIPE.candidates, quietly)
        assert {name: made.model.engine for name, made in built.items()} == {
            "own": "xgboost",
            "own-lightgbm": "lightgbm",
        }
        assert built["own"].data == built["own-lightgbm"].data
        assert all(made.seconds > 0 for made in built.values())

    def test_the_slower_one_may_take_a_tenth_longer(self, stored_city: Callable[..., History]) -> None:
        [made] = build_models(stored_city(2), RECIPE, ("own",), quietly).values()
        usual, late = replace(made, seconds=1.0), replace(made, seconds=1.2)
        assert set(fast_enough({"own": usual, "own-lightgbm": replace(made, seconds=1.05)})) == {"own", "own-lightgbm"}
        assert set(fast_enough({"own": usual, "own-lightgbm": late})) == {"own"}
        assert set(fast_enough({"own": late})) == {"own"}

    def test_the_version_is_made_by_the_one_that_was_chosen(self, stored_city: Callable[..., History]) -> None:
        history = stored_city(4)
        bundle, verdict, _ = train_and_judge(history, Registry(history.objects), self.RECIPE, on_progress=quietly)
        assert verdict.chosen in self.RECIPE.candidates
        assert bundle.manifest.engine == engine_for(verdict.chosen, "auto")
        assert ForecastModel.load(bundle.files).engine == bundle.manifest.engine
