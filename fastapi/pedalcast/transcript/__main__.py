"""`python -m pedalcast.chat transcript`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pedalcast.transcript.exchanges import exchanges, markdown

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@cli.callback()
def main() -> None:
    """The chat, from the command line."""


@cli.command()
def transcript(
    out: Annotated[Path | None, typer.Option(help="Write it there; without it, print it")] = None,
) -> None:
    """Ask twenty questions of a simulated city, open every citation, exit with 1 where one does not hold."""
    with tempfile.TemporaryDirectory(prefix="pedalcast-") as folder:
        told = asyncio.run(exchanges(Path(folder)))
    page = markdown(told)
    if out is None:
        print(page)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    if not all(holds for exchange in told for _, _, holds in exchange.opened):
        raise typer.Exit(1)


if __name__ == "__main__":
    cli()
