"""`report`: how the forecasts served so far turned out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from forecaster.cli.common_options import JsonOption, StoreOption
from forecaster.cli.console import CommandError, print_json, print_lines, print_table
from forecaster.cli.store_option import store_of
from forecaster.verification import matured
from forecaster.verification.matured import VerificationRow, VerificationScores

NO_VALUE = "–"


def _beside(name: str) -> tuple[str, str]:
    """A score, and the last value's."""
    return name, f"{name}_persistence"


SCORES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "CRPS": (_beside("crps"), ".3f"),
    "MAE": (_beside("mae_median"), ".3f"),
    "lift": (("lift",), "+.1%"),
    "RMSE": (_beside("rmse"), ".3f"),
    "Brier empty": (_beside("brier_empty"), ".4f"),
    "Brier full": (_beside("brier_full"), ".4f"),
    "AUC empty": (_beside("auc_empty"), ".3f"),
    "AUC full": (_beside("auc_full"), ".3f"),
    "in 80 %": (("coverage80",), ".1%"),
}


def report_command(
    *,
    store: StoreOption = None,
    hours: Annotated[
        float, typer.Option("--hours", min=0.1, help="How far back from the newest matured forecast.")
    ] = 24 * 7,
    model: Annotated[str | None, typer.Option("--model", help="Only forecasts of this version.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how the live forecasts turned out: the model's score / the last value's (persistence).

    CRPS is how far the whole distribution was from what came true, in bikes. Lift is the share of persistence's mean
    absolute error that the model saves: at ten minutes four stations in five do not change, and no model saves much of
    it there.
    """
    rows = _rows(store, timedelta(hours=hours), model)
    scores = matured.summarise_rows(rows)
    first, last = rows[0].target_at, rows[-1].target_at
    models = sorted({row.model for row in rows})
    if as_json:
        scores_json = {horizon: asdict(scores_of_horizon) for horizon, scores_of_horizon in scores.items()}
        print_json({"from": first, "to": last, "models": models, "horizons": scores_json})
        return
    print_lines(f"forecasts for {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC by {', '.join(models)}")
    counts = ["forecasts", *(f"{scores_of_horizon.count:,}" for scores_of_horizon in scores.values())]
    rows_of = (
        [name, *(_cell(scores_of_horizon, *columns) for scores_of_horizon in scores.values())]
        for name, columns in SCORES.items()
    )
    print_table(("model / last value", *(f"{minutes} minutes" for minutes in scores)), [counts, *rows_of])
    soonest = next(iter(scores))
    print_lines(f"at {soonest} minutes: {_sentence(scores[soonest])}")


def _rows(store: str | None, back: timedelta, model: str | None) -> list[VerificationRow]:
    objects = store_of(store)
    newest = matured.newest(objects)
    if newest is None:
        raise CommandError("no forecast has matured yet: the first is judged ten minutes after it was made")
    rows = matured.read(objects, newest - back, newest + timedelta(seconds=1))
    rows = [row for row in rows if model in {None, row.model}]
    if not rows:
        raise CommandError(f"no forecast of {model!r} has matured in that time")
    return rows


def _cell(scores_of_horizon: VerificationScores, names: tuple[str, ...], form: str) -> str:
    values = (getattr(scores_of_horizon, name) for name in names)
    return " / ".join(NO_VALUE if value is None else format(value, form) for value in values)


def _sentence(scores_of_horizon: VerificationScores) -> str:
    if scores_of_horizon.mae_median is None or scores_of_horizon.mae_median_persistence is None:
        return "nothing was observed"
    lift = "no lift to speak of" if scores_of_horizon.lift is None else f"lift {scores_of_horizon.lift:+.1%}"
    return f"MAE {scores_of_horizon.mae_median:.3f}, last value {scores_of_horizon.mae_median_persistence:.3f}, {lift}"
