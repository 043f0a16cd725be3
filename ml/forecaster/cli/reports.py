"""`report`: how the forecasts served so far turned out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from forecaster import matured
from forecaster.cli.console import CommandError, print_json, print_lines, print_table
from forecaster.cli.options import Json, Store
from forecaster.cli.stores import store_of
from forecaster.matured import MaturedRow, MaturedScores

NO_VALUE = "–"


def report_command(
    *,
    store: Store = None,
    hours: Annotated[
        float, typer.Option("--hours", min=0.1, help="How far back from the newest matured forecast.")
    ] = 24 * 7,
    model: Annotated[str | None, typer.Option("--model", help="Only forecasts of this version.")] = None,
    as_json: Json = False,
) -> None:
    """Say how the live forecasts turned out, beside the last value's (persistence).

    Lift is the share of persistence's mean absolute error that the model saves: at ten minutes four stations in five do
    not change, and no model saves much of it there.
    """
    rows = _rows(store, timedelta(hours=hours), model)
    scores = matured.summarise(rows)
    first, last = rows[0].target_at, rows[-1].target_at
    models = sorted({row.model for row in rows})
    if as_json:
        told = {horizon: asdict(one) for horizon, one in scores.items()}
        print_json({"from": first, "to": last, "models": models, "horizons": told})
        return
    print_lines(f"forecasts for {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC by {', '.join(models)}")
    columns = ("minutes", "forecasts", "MAE", "MAE last value", "lift", "RMSE", "Brier empty", "last value", "in 80 %")
    print_table(columns, [_row(horizon, one) for horizon, one in scores.items()])
    soonest = next(iter(scores))
    print_lines(f"at {soonest} minutes: {_sentence(scores[soonest])}")


def _rows(store: str | None, back: timedelta, model: str | None) -> list[MaturedRow]:
    objects = store_of(store)
    newest = matured.newest(objects)
    if newest is None:
        raise CommandError("no forecast has matured yet: the first is judged ten minutes after it was made")
    rows = matured.read(objects, newest - back, newest + timedelta(seconds=1))
    rows = [row for row in rows if model in {None, row.model}]
    if not rows:
        raise CommandError(f"no forecast of {model!r} has matured in that time")
    return rows


def _row(horizon: int, one: MaturedScores) -> list[str]:
    values = (
        one.mae,
        one.mae_persistence,
        one.lift,
        one.rmse,
        one.brier_empty,
        one.brier_empty_persistence,
        one.coverage80,
    )
    forms = (".3f", ".3f", "+.1%", ".3f", ".4f", ".4f", ".1%")
    texts = [NO_VALUE if value is None else format(value, form) for value, form in zip(values, forms, strict=True)]
    return [str(horizon), f"{one.count:,}", *texts]


def _sentence(one: MaturedScores) -> str:
    if one.mae is None or one.mae_persistence is None:
        return "nothing was observed"
    lift = "no lift to speak of" if one.lift is None else f"lift {one.lift:+.1%}"
    return f"MAE {one.mae:.3f}, last value {one.mae_persistence:.3f}, {lift}"
