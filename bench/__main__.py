"""`python -m bench [--only cycle,serving] [--json bench/results.json]`."""

from __future__ import annotations

import os
import time
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from bench.support.measurement_report import Report

SUITES = {  # modules with a `run(report)`, in this order
    "cycle": "bench.suites.cycle_cost",
    "horizons": "bench.suites.horizon_cost",
    "serving": "bench.suites.serving",
    "reads": "bench.suites.page_reads",
    "page": "bench.suites.page_in_browser",
    "rag": "bench.suites.chatbot",
    "people": "bench.suites.accounts_and_chats",
    "sizes": "bench.suites.city_sizes",
}
RESULTS = Path(__file__).with_name("results.json")

# One thread each, and no spinning, whatever the machine has: set before any of them is loaded.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


def main(
    *,
    only: Annotated[str, typer.Option(help=f"some of: {', '.join(SUITES)}")] = ",".join(SUITES),
    json: Annotated[Path, typer.Option(help="where the figures go, as a flat map")] = RESULTS,
) -> None:
    """Measure, print a table, write the figures."""
    report = Report()
    started = time.monotonic()
    for suite in only.split(","):
        if suite not in SUITES:
            raise typer.BadParameter(f"no such part: {suite} (there are {', '.join(SUITES)})")
        import_module(SUITES[suite]).run(report)
        report.write(json)  # what was measured stays, should a later part fail
    report.show()
    report.note(f"{time.monotonic() - started:.0f} s; figures in {json}")


if __name__ == "__main__":
    typer.run(main)
