"""`backtest`: the model and its rivals on time none of them has seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from forecaster.cli.common_options import HORIZONS, HorizonsOption, RowsOption, SeedOption, StoreOption, horizons_of
from forecaster.cli.console import CommandError, print_lines, print_table, progress_bar, write_json
from forecaster.cli.store_option import store_of
from forecaster.history import History
from forecaster.model.engines import missing

COLUMNS = ("crps", "rmse", "mae_median", "brier_empty", "brier_full", "auc_empty", "auc_full", "coverage80")
Results = dict[str, dict[str, dict[str, Any]]]


def backtest_command(
    *,
    store: StoreOption = None,
    last: Annotated[float, typer.Option("--last", min=0.01, max=0.9, help="Share of the time that is judged.")] = 0.2,
    horizons: HorizonsOption = HORIZONS,
    engine: Annotated[
        Literal["xgboost", "lightgbm", "both"], typer.Option("--engine", help="What grows the trees.")
    ] = "xgboost",
    folds: Annotated[int, typer.Option("--folds", min=1, help="Origins the judged time is cut into.")] = 1,
    rows: RowsOption = None,
    seed: SeedOption = 0,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the scores there as JSON; - prints them.")
    ] = None,
    as_page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write a page with tables and plots there (HTML).")
    ] = None,
) -> None:
    """Judge the model and its rivals on the newest part of a store's history, each trained on what lies before it.

    JSON: {horizon: {method: {crps, rmse, mae_median, brier_empty, …}}}.
    """
    # The engines take seconds to import: `--help` and the other commands do not wait for them.
    from forecaster.evaluation.backtest import backtest  # noqa: PLC0415
    from forecaster.evaluation.backtest_page import render_page  # noqa: PLC0415
    from forecaster.evaluation.folds import folds_of  # noqa: PLC0415

    history, minutes = History(store_of(store)), horizons_of(horizons)
    try:
        origins = folds_of(history, last=last, count=folds, horizons=minutes)
    except ValueError as error:
        raise CommandError(str(error)) from error
    without = missing("lightgbm")
    if without is not None:
        sys.stderr.write(f"note: the peer plain_lightgbm is left out: {without}\n")
    with progress_bar() as advance:
        results: Results = backtest(
            history,
            last=last,
            horizons=minutes,
            engines=("xgboost", "lightgbm") if engine == "both" else (engine,),
            folds=folds,
            sample_rows=rows,
            plain=without is None,
            seed=seed,
            on_progress=advance,
        )
    _write(results, as_json)
    if as_page is not None:
        system = history.system()
        title = f"Backtest of {system.name}" if system else "Backtest"
        as_page.parent.mkdir(parents=True, exist_ok=True)
        as_page.write_text(
            render_page(results, title=title, notes=[f"{origin} UTC" for origin in origins]), encoding="utf-8"
        )
        print_lines(f"written to {as_page}")


def _write(results: Results, to: Path | None) -> None:
    if not write_json(results, to):
        return
    for horizon, methods in results.items():
        table = [[name, *(_number(scores.get(column)) for column in COLUMNS)] for name, scores in methods.items()]
        print_table(("method", *COLUMNS), table, title=f"{horizon} minutes ahead")
    if to is not None:
        print_lines(f"written to {to}")


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.4f}"  # noqa: PLR0124 - only NaN differs from itself
