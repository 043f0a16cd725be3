"""The command line as a whole."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from forecaster.cli import app

COMMANDS = {"import", "train", "backtest", "ablation", "upload", "models", "promote", "rollback", "report", "general",
            "curve"}  # fmt: skip


def test_every_verb_explains_itself_and_can_speak_json(run: Callable) -> None:
    assert {command.name for command in app.registered_commands} == COMMANDS
    for command in COMMANDS:
        told = run(command, "--help")
        assert told.code == 0
        assert "--json" in told.out


def test_run_as_a_module(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ended = shell("--help")
    assert ended.returncode == 0
    assert all(command in ended.stdout for command in COMMANDS)


@pytest.mark.parametrize("store", ["nowhere://x", "s3://"])
def test_a_malformed_address_is_one_line(shell: Callable[..., subprocess.CompletedProcess[str]], store: str) -> None:
    ended = shell("models", "--store", store)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
