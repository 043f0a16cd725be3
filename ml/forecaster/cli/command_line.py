"""The commands, put together."""

from __future__ import annotations

import sys

import typer

from forecaster.cli.ablation_command import ablation_command
from forecaster.cli.backtest_command import backtest_command
from forecaster.cli.console import CommandError
from forecaster.cli.curve_command import curve_command
from forecaster.cli.general_command import general_command
from forecaster.cli.import_command import import_command
from forecaster.cli.registry_commands import models_command, promote_command, rollback_command, upload_command
from forecaster.cli.report_command import report_command
from forecaster.cli.train_command import train_command
from forecaster.importing import ImportRefused
from forecaster.model.engines import EngineMissingError
from forecaster.objects import ObjectError
from forecaster.registry.bundle import BadBundle
from forecaster.registry.registry import NoPreviousVersion

REFUSALS = (BadBundle, CommandError, EngineMissingError, ImportRefused, NoPreviousVersion, ObjectError)

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
app.command("general")(general_command)
app.command("curve")(curve_command)
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
