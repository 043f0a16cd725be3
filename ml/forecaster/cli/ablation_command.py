"""`ablation`: what each group of features is worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.common_options import HORIZONS, HorizonsOption, SeedOption, StoreOption, horizons_of
from forecaster.cli.console import CommandError, print_lines, print_table, progress_bar, write_json
from forecaster.cli.store_option import store_of
from forecaster.history import History

if TYPE_CHECKING:
    from forecaster.evaluation.ablation import Ablation

SPOKEN = {"crps": "CRPS", "brier_empty": "Brier (empty)", "brier_full": "Brier (full)"}


def ablation_command(
    *,
    store: StoreOption = None,
    groups: Annotated[
        str,
        typer.Option(
            "--groups",
            metavar="NAMES",
            help="Groups of features, separated by commas; a+b: both at once. Default: all.",
        ),
    ] = "",
    last: Annotated[float, typer.Option("--last", min=0.01, max=0.9, help="Share of the time that is judged.")] = 0.2,
    horizons: HorizonsOption = HORIZONS,
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Rows to train on, each time.")] = 150_000,
    judged: Annotated[int, typer.Option("--judged", min=1000, help="Rows to judge on.")] = 150_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Trees to grow, each time.")] = 120,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Seeds whose losses are averaged.")] = 2,
    shuffled: Annotated[
        bool,
        typer.Option("--shuffled", help="Deal a group's values out anew among the judged rows; train only once."),
    ] = False,
    seed: SeedOption = 0,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the result there as JSON; - prints it.")
    ] = None,
) -> None:
    """Train with all features and without each group in turn, and print by how many percent the scores on the newest
    part of the history rise without it.

    `chance` is other seeds with all features: what is no larger is no worth. With `--shuffled`, what a trained model
    leans on instead, in a fraction of the time. JSON: {rows, judged, scores, worth:
    {group: {horizon: {score: [percent, low, high]}}}}, the ends those of a 95 % interval over whole days.
    """
    from forecaster.evaluation.ablation import QUICK, ablation  # noqa: PLC0415 - the engine takes seconds to import
    from forecaster.features.groups import GROUPS  # noqa: PLC0415

    try:
        with progress_bar() as advance:
            outcome = ablation(
                History(store_of(store)),
                groups=tuple(groups.split(",")) if groups else tuple(GROUPS),
                last=last,
                horizons=horizons_of(horizons),
                rows=rows,
                judged=judged,
                repeats=repeats,
                shuffled=shuffled,
                boosting=replace(QUICK, rounds=rounds),
                seed=seed,
                on_progress=advance,
            )
    except ValueError as error:
        raise CommandError(str(error)) from error
    _write(outcome, as_json)


def _write(outcome: Ablation, to: Path | None) -> None:
    if not write_json(outcome, to):
        return
    minutes = list(outcome.scores)
    for name, spoken in SPOKEN.items():
        table = [
            [group, *(_percent(worth[horizon][name]) for horizon in minutes)] for group, worth in outcome.worth.items()
        ]
        title = f"{spoken}: percent higher without"
        print_table(("group", *(f"{horizon} min" for horizon in minutes)), table, title=title)
    print_lines(f"{outcome.rows} rows to learn from, {outcome.judged} judged", *([f"written to {to}"] if to else []))


def _percent(worth: tuple[float, float, float]) -> str:
    return f"{worth[0]:+.2f} ({worth[1]:+.2f} to {worth[2]:+.2f})"
