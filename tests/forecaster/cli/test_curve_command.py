"""`python -m forecaster curve`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.cli.console import CommandError
from forecaster.history import History


@pytest.fixture
def city(stored_city: Callable[..., History], tmp_path: Path) -> Path:
    """The folder of four days of a small city, which stands for the other cities too."""
    stored_city(4, count=6)
    return tmp_path / "city"


def test_every_candidate_is_judged_after_the_days_it_learned_from(run: Callable, city: Path) -> None:
    options = ("--days", "1,2", "--rows", "1000", "--rounds", "3", "--first", "--horizons", "10,30")
    points = run("curve", city, city, *options, "--json").json
    assert [point["days"] for point in points] == [1.0, 2.0]
    for point in points:
        assert set(point["crps"]) == {"own", "grown", "general"}
        assert point["promoted"] in point["crps"]
        assert point["fold"]["train_end"] < point["fold"]["start"]
        assert all(0 < crps < 5 for by in point["crps"].values() for crps in by.values())
        assert set(point["crps"]["own"]) == {"10", "30"}
    assert points[0]["crps"]["own"] != points[1]["crps"]["own"]


def test_more_days_than_there_are_is_one_line(run: Callable, city: Path) -> None:
    ended = run("curve", city, city, "--days", "30", "--rows", "1000", "--rounds", "2", "--horizons", "10")
    assert isinstance(ended.error, CommandError)
    assert "not 30 days of history" in str(ended.error)
    assert run("curve", city, city, "--days", "soon").code == 2
