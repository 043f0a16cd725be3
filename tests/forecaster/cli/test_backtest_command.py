"""`python -m forecaster backtest`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson

from forecaster.cli.console import CommandError
from forecaster.history import History

METHODS = {"pedalcast", "persistence", "table", "profile", "plain_lightgbm"}
SCORES = {"crps", "rmse", "mae_median", "brier_empty", "brier_full", "auc_empty", "auc_full", "coverage80"}


def test_scores_as_json_and_as_tables(run: Callable, stored_city: Callable[..., History], tmp_path: Path) -> None:
    stored_city(2, count=6)
    arguments = ("--store", tmp_path / "city", "--last", "0.3", "--horizons", "10", "--rows", "1000")
    files = ("--json", tmp_path / "scores" / "all.json", "--page", tmp_path / "scores" / "all.html")
    told = run("backtest", *arguments, *files).out
    assert "10 minutes ahead" in told
    assert "<svg" in (tmp_path / "scores" / "all.html").read_text(encoding="utf-8")
    results = orjson.loads((tmp_path / "scores" / "all.json").read_bytes())
    assert set(results) == {"10"}
    assert set(results["10"]) == METHODS
    assert set(results["10"]["pedalcast"]) >= SCORES
    assert f"{results['10']['table']['crps']:.4f}" in told


def test_too_little_history_is_one_line(run: Callable, stored_city: Callable[..., History], tmp_path: Path) -> None:
    stored_city(0.1, count=2)
    ended = run("backtest", "--store", tmp_path / "city")
    assert isinstance(ended.error, CommandError)
    assert "too short" in str(ended.error)
