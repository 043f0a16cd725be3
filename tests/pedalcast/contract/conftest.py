"""The API's description, as the code makes it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pedalcast.app import create_app
from pedalcast.settings import Settings


@pytest.fixture(scope="session")
def whole_document() -> dict[str, Any]:
    settings = Settings(_env_file=None, redis_url="redis://127.0.0.1:9/0")
    return create_app(settings).openapi()


@pytest.fixture
def document(whole_document: dict[str, Any]) -> dict[str, Any]:
    """A copy that a test may change."""
    return copy.deepcopy(whole_document)
