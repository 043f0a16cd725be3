"""`upload`, `models`, `promote`, `rollback`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cli.console import CommandError
from forecaster.features import feature_hash
from forecaster.objects import ObjectNotFound, open_objects
from forecaster.registry.bundle import Bundle, DataWindow, Manifest, version_id, write_folder
from forecaster.registry.registry import NoPreviousVersion

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
FIRST, SECOND = "20261120T101500Z-xgboost", "20261120T101600Z-xgboost"


@pytest.fixture
def uploaded(run: Callable, tmp_path: Path) -> tuple[Callable, Path]:
    """A store with two versions, uploaded from folders; none is champion."""
    for number in range(2):
        at = NOW + timedelta(minutes=number)
        window = DataWindow("seoul", NOW - timedelta(days=21), NOW, 200, 1000)
        manifest = Manifest(version_id(at, "xgboost"), at, "xgboost", (10, 60), feature_hash(), window)
        card = "" if number else f"# {manifest.id}\n\n약점: 없음\n"
        folder = write_folder(Bundle(manifest, {"model.ubj": b"x"}, card=card), tmp_path / str(number))
        assert run("upload", folder, "--store", tmp_path / "store").out == f"uploaded {manifest.id}\n"
    return run, tmp_path / "store"


def test_a_list_for_people(uploaded: tuple[Callable, Path]) -> None:
    run, store = uploaded
    run("promote", FIRST, "--store", store)
    listed = run("models", "--store", store).out
    assert listed.index(SECOND) < listed.index(FIRST) < listed.index("champion")
    assert "2026-10-30 to 2026-11-20" in listed
    assert "no models yet" in run("models", "--store", store.parent / "empty").out


def test_promote_and_roll_back(uploaded: tuple[Callable, Path]) -> None:
    run, store = uploaded
    run("promote", FIRST, "--store", store)
    promoted = run("promote", SECOND, "--store", store, "--reason", "it looks better", "--json").json
    assert (promoted["version"], promoted["previous"], promoted["reason"]) == (SECOND, [FIRST], "it looks better")
    listed = run("models", "--store", store, "--json").json
    assert [(one["id"], one["role"]) for one in listed["versions"]] == [(SECOND, "champion"), (FIRST, None)]
    assert listed["champion"]["reason"] == "it looks better"
    assert run("rollback", "--store", store).out == f"champion: {FIRST} (rolled back by hand)\n"
    ended = run("rollback", "--store", store)
    assert (ended.code, type(ended.error)) == (1, NoPreviousVersion)


def test_a_card_to_read(uploaded: tuple[Callable, Path]) -> None:
    run, store = uploaded
    run("promote", FIRST, "--store", store)
    for name in (FIRST, "champion"):
        assert run("models", "--store", store, "--card", name).out == f"# {FIRST}\n\n약점: 없음\n"
    ended = run("models", "--store", store, "--card", SECOND)
    assert isinstance(ended.error, CommandError)
    assert isinstance(run("models", "--store", store, "--card", "nothing").error, ObjectNotFound)


def test_unknown_versions(uploaded: tuple[Callable, Path]) -> None:
    run, store = uploaded
    for name in ("nothing", "challenger"):
        ended = run("promote", name, "--store", store)
        assert (ended.code, type(ended.error)) == (1, ObjectNotFound)


def test_upload_and_promote_at_once(run: Callable, uploaded: tuple[Callable, Path], tmp_path: Path) -> None:
    told = run("upload", tmp_path / "0", "--store", tmp_path / "other", "--promote", "--json").json
    assert told["champion"]["version"] == FIRST
    assert open_objects(tmp_path / "other").exists("models/model_version.json")
