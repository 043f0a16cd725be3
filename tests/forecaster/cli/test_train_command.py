"""`python -m forecaster train`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.cli.console import CommandError
from forecaster.history import History
from forecaster.objects import open_objects
from forecaster.registry.registry import Registry

QUICK = ("--rows", "1000", "--horizons", "30,10", "--no-judge")


@pytest.fixture
def store(stored_city: Callable[..., History], tmp_path: Path) -> Path:
    """A store with a day and a half of an invented city."""
    stored_city(1.5, count=6)
    return tmp_path / "city"


def test_trained_kept_and_promoted(run: Callable, store: Path) -> None:
    told = run("train", "--store", store, *QUICK, "--promote", "--json").json
    champion = Registry(open_objects(store)).alias("champion")
    assert champion is not None
    assert champion.version == told["version"] == told["champion"]["version"]
    assert told["manifest"]["horizons"] == [10, 30]
    assert told["verdict"]["reason"] == "the first model; not judged"


def test_told_to_people(run: Callable, store: Path) -> None:
    told = run("train", "--store", store, *QUICK).out
    assert "of 6 stations" in told
    assert "champion: none yet" in told


def test_out_and_upload(run: Callable, store: Path, tmp_path: Path) -> None:
    told = run("train", "--store", store, *QUICK, "--out", tmp_path / "model", "--json").json
    assert told["kept_in"] == str(tmp_path / "model")
    assert Registry(open_objects(store)).versions() == []
    uploaded = run("upload", tmp_path / "model", "--store", store, "--promote", "--json").json
    assert uploaded["version"] == told["version"]


def test_a_dry_run(run: Callable, store: Path) -> None:
    told = run("train", "--store", store, *QUICK, "--promote", "--dry-run").out
    assert "kept nowhere" in told
    assert Registry(open_objects(store)).versions() == []


def test_what_does_not_go(run: Callable, store: Path, tmp_path: Path) -> None:
    for arguments, says in (
        (("--store", tmp_path / "empty"), "no history in"),
        (("--store", store, "--out", tmp_path / "model", "--promote"), "do not go with"),
    ):
        ended = run("train", *arguments)
        assert isinstance(ended.error, CommandError)
        assert says in str(ended.error)
    assert "horizons lie between" in run("train", "--store", store, "--horizons", "0").out
    assert "minutes are wanted" in run("train", "--store", store, "--horizons", "ten").out
