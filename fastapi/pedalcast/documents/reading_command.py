"""`python -m pedalcast documents evaluate`: how well files are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pedalcast.documents.parsing.child_process import ParseLimits
from pedalcast.documents.parsing.document_evaluation import evaluate_folder

commands = typer.Typer(no_args_is_help=True, help="Documents: how well files are read.")


@commands.callback()
def documents() -> None:
    """Documents: how well files are read."""


@commands.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="files and index.jsonl")],
    seconds: Annotated[float, typer.Option(min=1, help="Longest time for one file")] = 600.0,
) -> None:
    """Read every file of a folder and print what share of `expect` in its index.jsonl holds, and what does not."""
    figures = evaluate_folder(folder, ParseLimits(seconds=seconds))
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
