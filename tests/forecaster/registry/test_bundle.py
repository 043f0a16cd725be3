"""A version as a folder of files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from forecaster.registry.bundle import BadBundle, Bundle, Manifest, read_folder, version_id, write_folder

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)


@pytest.fixture
def bundle() -> Bundle:
    """A version with one file, metrics and a card."""
    manifest = Manifest("20261120T101500Z-xgboost", NOW, "xgboost", (10,), "abc")
    return Bundle(manifest, {"model.ubj": b"\x00"}, {"10": {"crps": 0.15}}, "# 모델 카드")


def test_ids_sort_by_time_wherever_they_are_made() -> None:
    seoul = NOW.astimezone(timezone(timedelta(hours=9)))
    assert version_id(seoul, "xgboost") == "20261120T101500Z-xgboost"


def test_there_and_back(bundle: Bundle, tmp_path: Path) -> None:
    assert read_folder(write_folder(bundle, tmp_path / "model")) == bundle.sealed()


def test_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match=r"no manifest\.json there"):
        read_folder(tmp_path)


@pytest.mark.parametrize(("name", "says"), [("model.ubj", "is missing"), ("card.md", "is missing")])
def test_a_missing_file(bundle: Bundle, tmp_path: Path, name: str, says: str) -> None:
    (write_folder(bundle, tmp_path) / name).unlink()
    with pytest.raises(BadBundle, match=says):
        read_folder(tmp_path)


def test_a_changed_file(bundle: Bundle, tmp_path: Path) -> None:
    (write_folder(bundle, tmp_path) / "metrics.json").write_bytes(b"{}")
    with pytest.raises(BadBundle, match=r"metrics\.json is not what was kept"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", ["", "../escape", "with space", "한국", "x" * 81])
def test_ids_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="not a version id"):
        Bundle(Manifest(name, NOW, "xgboost", (10,), "abc"), {}).sealed()
