"""Which store a command works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecaster.cli.console import CommandError
from forecaster.cli.store_option import store_of


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the embedded run, with nothing in it."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("S3_BUCKET", raising=False)
    return tmp_path


def test_the_one_given(data: Path) -> None:
    assert repr(store_of("elsewhere")) == "FolderObjects('elsewhere')"


@pytest.mark.parametrize("place", ["objects", "seoul/objects"])
def test_the_one_of_the_embedded_run(data: Path, place: str) -> None:
    (data / place).mkdir(parents=True)
    assert repr(store_of(None)) == f"FolderObjects('{data / place}')"


def test_none_or_several_are_told(data: Path) -> None:
    with pytest.raises(CommandError, match="name one with --store"):
        store_of(None)
    for city in ("boston", "seoul"):
        (data / city / "objects").mkdir(parents=True)
    with pytest.raises(CommandError, match=r"several stores.*boston/objects, .*seoul/objects"):
        store_of(None)


def test_the_bucket_of_production(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_BUCKET", "bikes")
    monkeypatch.setenv("S3_PREFIX", "seoul/")
    assert repr(store_of(None)) == "S3Objects('s3://bikes/seoul/')"
