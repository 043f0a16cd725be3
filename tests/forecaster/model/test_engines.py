"""A machine without the OpenMP runtime, as the dynamic linker sees it: a libgomp.so.1 that is no library."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.history import History
from forecaster.model.engines import engine_of, missing


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a process in which LightGBM cannot be loaded."""
    if sys.platform != "linux":
        pytest.skip("only Linux' linker is tricked this way")
    (tmp_path / "libgomp.so.1").touch()
    return {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, *command]
    return subprocess.run(arguments, capture_output=True, text=True, env=environment, timeout=120, check=False)


def test_both_are_there() -> None:
    assert missing("xgboost") is missing("lightgbm") is None
    assert engine_of("xgboost") is not engine_of("lightgbm")


def test_one_that_cannot_be_loaded_says_what_helps(bare: dict[str, str]) -> None:
    done = run(
        bare, "-c", "from forecaster.model.engines import missing as m; print(m('xgboost'), m('lightgbm'), sep='\\n')"
    )
    there, why = done.stdout.splitlines()
    assert there == "None"
    assert why.startswith("lightgbm cannot be loaded: ")
    assert "libgomp1" in why


@pytest.mark.parametrize(
    "module",
    [
        "forecaster.retraining.retrain",
        "forecaster.evaluation.backtest",
        "pedalcast.app",
        "pedalcast.chat.factory",
        "pedalcast.rag.__main__",
    ],
)
def test_nothing_else_wants_it(bare: dict[str, str], module: str) -> None:
    done = run(bare, "-c", f"import {module}, sys; assert 'lightgbm' not in sys.modules")
    assert done.returncode == 0, done.stderr


def test_a_command_that_wants_it_ends_in_one_line(
    bare: dict[str, str], stored_city: Callable[..., History], tmp_path: Path
) -> None:
    stored_city(1.5, count=6)
    done = run(bare, "-m", "forecaster", "train", "--store", str(tmp_path / "city"), "--engine", "lightgbm")
    assert done.returncode == 1
    assert done.stderr.startswith("error: lightgbm cannot be loaded: ")
    assert len(done.stderr.splitlines()) == 1
