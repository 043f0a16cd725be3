"""The command line: one function for each command, which reads options and prints results."""

from forecaster.cli.command_line import app, main

__all__ = ["app", "main"]
