"""Fixtures of the learning floor: object stores of both kinds, and a small history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.history import History
from forecaster.objects import ObjectStore, open_objects
from forecaster.window import Window
from tests.invented_city import invented_city, store_city


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty object store: once a local folder, once S3."""
    if request.param == "folder":
        return open_objects(tmp_path / "store")
    return open_objects(request.getfixturevalue("s3_url"))


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history in a local folder."""
    return History(open_objects(tmp_path / "store"))


@pytest.fixture
def city() -> Callable[..., Window]:
    """Makes windows of an invented city: `city(days, count=…, step=…, seed=…, holes=…)`."""
    return invented_city


@pytest.fixture
def stored_city(tmp_path: Path) -> Callable[..., History]:
    """Makes histories of an invented city in a local folder: `stored_city(days, …)` with the options of `city`."""
    return lambda days, **options: store_city(tmp_path / "city", invented_city(days, **options))
