"""The command line: one function a verb, each of which only reads options and prints what others worked out."""

from forecaster.cli.command_line import app, main

__all__ = ["app", "main"]
