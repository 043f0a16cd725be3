"""`curve`: what a young city's retraining promotes, by the days of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.common_options import HORIZONS, HorizonsOption, JsonOption, SeedOption, horizons_of
from forecaster.cli.console import CommandError, print_json, print_lines, progress_bar
from forecaster.history import History
from forecaster.objects import open_objects

if TYPE_CHECKING:
    from forecaster.retraining.age_curve import CurvePoint


def curve_command(
    city: Annotated[str, typer.Argument(metavar="CITY", help="Its history: a folder or s3://bucket/prefix.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER…", help="Other cities: the general model's.")],
    *,
    days: Annotated[str, typer.Option("--days", metavar="DAYS", help="Of history, separated by commas.")] = "1,3,7,14",
    last: Annotated[float, typer.Option("--last", help="Share of the city's time that is judged.")] = 0.2,
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Rows to draw of each other city.")] = 200_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Trees of the general model.")] = 160,
    first: Annotated[bool, typer.Option("--first", help="As the service's first model: few rows, few trees.")] = False,
    horizons: HorizonsOption = HORIZONS,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Judge a city's own model, the general one and the one grown on it, by the days of the city's history.

    The general model is trained on the other cities only. What is promoted after so many days is chosen on these days
    alone; all are judged on the last share of the city's time.
    """
    # The engines take seconds to import: `--help` and the other commands do not wait for them.
    from forecaster.evaluation.folds import folds_of  # noqa: PLC0415
    from forecaster.general.general_trainer import GeneralRecipe, draw_city, fit_general  # noqa: PLC0415
    from forecaster.model.boosting import Boosting  # noqa: PLC0415
    from forecaster.retraining.age_curve import curve_point  # noqa: PLC0415
    from forecaster.retraining.model_build import Recipe  # noqa: PLC0415

    try:
        ages = sorted({float(part) for part in days.split(",")})
    except ValueError as error:
        raise typer.BadParameter(f"{days!r}: days are wanted, for example 1,3,7,14") from error
    minutes = horizons_of(horizons)
    boosting = Boosting(rounds=rounds, rate=24 / rounds, rows_a_tree=100_000)
    plan = GeneralRecipe(horizons=minutes, city_rows=rows, boosting=boosting, seed=seed)
    points = []
    with progress_bar() as advance:
        try:
            history = History(open_objects(city))
            fold = folds_of(history, last=last, count=1, horizons=minutes)[0]
            samples = [draw_city(History(open_objects(other)), plan) for other in others]
            recipe = Recipe(horizons=minutes, seed=seed, general=fit_general(samples, plan, advance), quick=first)
            for age in ages:
                points.append(point := curve_point(history, recipe, fold, age, advance))
                if not as_json:
                    print_lines(*_told(point))
        except ValueError as error:
            raise CommandError(str(error)) from error
    if as_json:
        print_json(points)


def _told(point: CurvePoint) -> list[str]:
    horizons = ", ".join(map(str, point.crps["own"]))
    lines = [f"{point.days:g} days: {point.promoted} is promoted. CRPS at {horizons} minutes:"]
    return lines + [f"  {name}: {' / '.join(f'{crps:.4f}' for crps in by.values())}" for name, by in point.crps.items()]
