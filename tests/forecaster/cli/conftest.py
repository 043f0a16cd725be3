"""Running commands the way a shell does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from forecaster.cli import app
from forecaster.cli.command_line import REFUSALS


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    error: BaseException | None

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """Run a command in this process, away from the environment's stores."""
    for name in ("S3_BUCKET", "S3_PREFIX", "S3_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def call(*arguments: object) -> Ran:
        result = CliRunner().invoke(app, [str(one) for one in arguments])
        if result.exception and not isinstance(result.exception, (SystemExit, *REFUSALS)):
            raise result.exception
        return Ran(result.exit_code, result.output, result.exception)

    return call


@pytest.fixture
def shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m forecaster` in a process of its own."""

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "forecaster", *(str(one) for one in arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    return call
