"""The commands, put together."""

from __future__ import annotations

import sys

import typer

from forecaster.bundle import BadBundle
from forecaster.cli.ablations import ablation_command
from forecaster.cli.backtests import backtest_command
from forecaster.cli.console import CommandError
from forecaster.cli.imports import import_command
from forecaster.cli.models import models_command, promote_command, rollback_command, upload_command
from forecaster.cli.reports import report_command
from forecaster.cli.training import train_command
from forecaster.engines import EngineMissingError
from forecaster.importing import ImportRefused
from forecaster.objects import ObjectError
from forecaster.registry import NothingBefore

REFUSALS = (BadBundle, CommandError, EngineMissingError, ImportRefused, NothingBefore, ObjectError)

app = typer.Typer(
    name="forecaster",
    help="History, training, judging and keeping of forecast models.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("import")(import_command)
app.command("train")(train_command)
app.command("backtest")(backtest_command)
app.command("ablation")(ablation_command)
app.command("upload")(upload_command)
app.command("models")(models_command)
app.command("promote")(promote_command)
app.command("rollback")(rollback_command)
app.command("report")(report_command)


def main() -> None:
    """Run a command; what it cannot do is one line on the standard error and the exit code 1."""
    try:
        app(prog_name="python -m forecaster")
    except REFUSALS as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(1) from None
