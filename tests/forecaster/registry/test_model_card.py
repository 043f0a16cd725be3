"""The card of a real, small model, as its reader has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from forecaster.features import FEATURES
from forecaster.history import History
from forecaster.model.boosting import Boosting
from forecaster.registry.bundle import Manifest
from forecaster.registry.model_card import FED, render_card
from forecaster.registry.registry import Registry
from forecaster.retraining.model_build import Recipe
from forecaster.retraining.promotion import PromotionDecision
from forecaster.retraining.retrain import train_and_judge

Made = tuple[Manifest, PromotionDecision]


@pytest.fixture
def made(stored_city: Callable[..., History]) -> Made:
    """Four days of a city, one of them judged."""
    history = stored_city(4)
    recipe = Recipe(horizons=(10, 60), sample_rows=4_000, boosting=Boosting(rounds=20, leaves=7))
    bundle, verdict, _ = train_and_judge(
        history, Registry(history.objects), recipe, on_progress=lambda _doing, _share: None
    )
    return bundle.manifest, verdict


def section(card: str, title: str) -> str:
    return re.split(r"^## ", card, flags=re.MULTILINE)[[*re.findall(r"^## (\w+)", card, re.MULTILINE)].index(title) + 1]


def test_says_what_it_is_and_how_it_did(made: Made) -> None:
    manifest, verdict = made
    card = render_card(manifest, verdict)
    assert card.startswith(f"# {manifest.id}\n")
    assert "invented, 2025-10-09" in card
    assert "4.0 days of 20 stations" in card
    assert f"Verdict: better; {manifest.reason}" in card
    scores = section(card, "Scores")
    own = verdict.scores["60"]["challenger"]
    row = next(line for line in scores.splitlines() if line.startswith("| 60 | challenger |"))
    assert [float(cell) for cell in row.split("|")[3:-1]] == pytest.approx(
        [own[name] for name in ("crps", "rmse", "mae_median", "brier_empty", "brier_full")]
        + [own[name] for name in ("auc_empty", "auc_full", "coverage80")],
        abs=6e-5,
    )
    assert "| 60 | persistence |" in scores
    assert "xgboost" in section(card, "Made")


def test_owns_up_to_what_it_has_not_seen(made: Made) -> None:
    manifest, verdict = made
    weak = section(render_card(manifest, verdict), "Known")
    assert "It has seen 4.0 days: not every day of the week" in weak
    assert all(f"- {sentence}" in weak for sentence in verdict.weaknesses)
    assert any("of 20 stations" in sentence for sentence in verdict.weaknesses)
    assert manifest.data is not None
    for days, says in ((10, "rests on one week or two"), (20, "At ten minutes")):
        longer = replace(manifest.data, start=manifest.data.end - timedelta(days=days))
        first = section(render_card(replace(manifest, data=longer), verdict), "Known").splitlines()[2]
        assert says in first


def test_unjudged_it_promises_nothing(made: Made) -> None:
    manifest, _ = made
    card = render_card(manifest, PromotionDecision(better=True, reason="the first model; not judged"))
    assert "nothing is promised" in section(card, "Scores")
    assert "|" not in card


def test_names_every_feature_once() -> None:
    assert tuple(name for names in FED.values() for name in names) == FEATURES
