"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="STORE", help="Object store: a folder or s3://bucket/prefix. Default: the service's own."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the alias.")]
HorizonsOption = Annotated[
    str, typer.Option("--horizons", metavar="MINUTES", help="Minutes ahead, separated by commas.")
]
RowsOption = Annotated[int | None, typer.Option("--rows", min=1000, help="Rows to train on. Default: by the history.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Of everything drawn at random.")]

HORIZONS = "10,20,30,60"


def horizons_of(text: str) -> tuple[int, ...]:
    """`10,20,30` as minutes, ascending; `typer.BadParameter` on anything else."""
    try:
        minutes = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: minutes are wanted, for example 10,20,30,60") from error
    if not minutes or minutes[0] < 1 or minutes[-1] > 24 * 60:
        raise typer.BadParameter(f"{text!r}: horizons lie between 1 minute and a day")
    return minutes
