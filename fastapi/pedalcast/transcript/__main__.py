"""`python -m pedalcast.transcript`: ask twenty questions of a simulated city and check every citation."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pedalcast.transcript.exchanges import exchanges, markdown


def main(
    out: Annotated[Path | None, typer.Option(help="Write it there; without it, print it")] = None,
) -> None:
    """Ask twenty questions of a simulated city, open every citation, exit with 1 where one does not hold."""
    with tempfile.TemporaryDirectory(prefix="pedalcast-") as folder:
        asked = asyncio.run(exchanges(Path(folder)))
    page = markdown(asked)
    if out is None:
        print(page)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    if not all(holds for exchange in asked for _, _, holds in exchange.opened):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
