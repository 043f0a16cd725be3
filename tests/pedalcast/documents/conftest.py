"""A service that takes documents in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pedalcast.settings import Settings
from tests.pedalcast.documents.document_service import DocumentClient, document_service


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedding models are unpacked, once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds: workers give way to everything else on a busy machine, so it may take minutes."""

    def wait(done: Callable[[], bool]) -> None:
        until = time.monotonic() + 240
        while not done():
            assert time.monotonic() < until
            time.sleep(0.05)

    return wait


@pytest.fixture
def document_settings(people_settings: Settings) -> Settings:
    """Settings that start the worker within the service."""
    return people_settings.model_copy(update={"chat": True, "rate_limit_upload": "100000/hour", "document_max_mb": 2})


@pytest.fixture
def documents(document_settings: Settings, start_service: Any, models: Path) -> Iterator[DocumentClient]:
    """Somebody with a bot, on SQLite and the embedded vector folder."""
    with document_service(document_settings, start_service, models) as client:
        yield client
