"""`general`: one model of several cities, for cities without one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from forecaster.cli.common_options import HORIZONS, HorizonsOption, JsonOption, SeedOption, horizons_of
from forecaster.cli.console import CommandError, print_json, print_lines, progress_bar
from forecaster.history import History
from forecaster.objects import open_objects
from forecaster.registry.bundle import write_folder


def general_command(
    stores: Annotated[list[str], typer.Argument(metavar="STORE…", help="Folders or s3://bucket/prefix, a city each.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write it there. Default: only judge, keep nothing.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Rows to draw of each city.")] = 300_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Trees.")] = 200,
    horizons: HorizonsOption = HORIZONS,
    seed: SeedOption = 0,
    judge: Annotated[bool, typer.Option(help="Judge each city by a model of the others.")] = True,
    note: Annotated[
        list[str] | None, typer.Option("--note", help="Where a city's data come from; for the card. Repeatable.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train one model over several cities, for any city at any age, and judge it with each city left out."""
    # The engines take seconds to import: `--help` and the other commands do not wait for them.
    from forecaster.general.general_bundle import general_bundle  # noqa: PLC0415
    from forecaster.general.general_trainer import GeneralRecipe, draw_city, fit_general  # noqa: PLC0415
    from forecaster.general.leave_one_out import leave_one_out  # noqa: PLC0415
    from forecaster.model.boosting import Boosting  # noqa: PLC0415

    if judge and len(stores) < 2:
        raise CommandError("judging leaves one city out: name two stores or more, or add --no-judge")
    boosting = Boosting(rounds=rounds, rate=24 / rounds, rows_a_tree=100_000)
    recipe = GeneralRecipe(horizons=horizons_of(horizons), city_rows=rows, boosting=boosting, seed=seed)
    histories = {_name(history): history for history in (History(open_objects(store)) for store in stores)}
    with progress_bar() as advance:
        samples = {name: draw_city(history, recipe) for name, history in histories.items()}
        scores = leave_one_out(histories, samples, recipe, advance) if judge else None
        model = fit_general(list(samples.values()), recipe, advance) if out else None
    drawn = sum(map(len, samples.values()))
    if model is not None and out is not None:
        bundle = general_bundle(model, histories, rows=drawn, scores=scores, notes=note or (), now=datetime.now(UTC))
        write_folder(bundle, out)
    if as_json:
        print_json({"rows": drawn, "kept_in": str(out) if out else None, "left_out": scores})
        return
    for city, ages in (scores or {}).items():
        for age, by in ages.items():
            cells = ", ".join(f"{h}: {s.crps:.4f} ({s.gain:+.1f} %, {s.coverage80:.2f})" for h, s in by.items())
            print_lines(f"{city} left out, {age}: {cells}")
    print_lines(f"kept in {out}" if out else "kept nowhere")


def _name(history: History) -> str:
    system = history.system()
    if system is None:
        raise CommandError(f"no history in {history.objects!r}: import a recording first")
    return system.id
