"""`python -m forecaster report`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cli.console import CommandError
from forecaster.objects import open_objects
from forecaster.verification.matured import VerificationRow, append

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(hour: int, horizon: int, model: str, absolute: float) -> VerificationRow:
    made = NOON + timedelta(hours=hour)
    sums = {"absolute": absolute, "squared": 1.0, "brier_empty": 0.1, "brier_full": 0.1, "covered": 9}
    if model == "new":
        sums |= {"crps": 2.5, "last_crps": 4.0}
    last = {"last_absolute": 4.0, "last_squared": 1.0, "last_brier_empty": 0.2, "last_brier_full": 0.2}
    return VerificationRow(made, made + timedelta(minutes=horizon), horizon, model, count=10, **sums, **last)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two models' matured forecasts, in the one store of the data folder."""
    path = tmp_path / "data" / "simulated" / "objects"
    append(open_objects(path), [row(0, 10, "old", 8.0), row(5, 10, "new", 3.0), row(5, 60, "new", 3.0)])
    return path


def test_for_people(run: Callable, store: Path) -> None:
    told = run("report", "--model", "new").out
    assert "at 10 minutes: MAE 0.300, last value 0.400, lift +25.0%" in told
    assert "90.0%" in told
    assert "0.250 / 0.400" in told


def test_for_programs(run: Callable, store: Path) -> None:
    told = run("report", "--store", store, "--json").json
    assert told["models"] == ["new", "old"]
    assert told["horizons"]["10"]["mae_median"] == 0.55
    assert told["horizons"]["60"]["crps"] == 0.25
    assert told["horizons"]["60"]["auc_empty"] is None
    assert (told["from"], told["to"]) == ("2026-11-20T12:10:00Z", "2026-11-20T18:00:00Z")


def test_only_the_last_hours(run: Callable, store: Path) -> None:
    assert run("report", "--hours", 2, "--json").json["models"] == ["new"]


@pytest.mark.parametrize(
    ("arguments", "says"), [((), "no forecast has matured"), (("--model", "x"), "no forecast of 'x'")]
)
def test_nothing_to_tell(run: Callable, store: Path, arguments: tuple[str, ...], says: str) -> None:
    ended = run("report", *arguments, *(() if arguments else ("--store", store.parent / "empty")))
    assert isinstance(ended.error, CommandError)
    assert says in str(ended.error)
