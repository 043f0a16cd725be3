"""The board on each kind of database, and on SQLite alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from pedalcast.settings import Settings
from tests.pedalcast.people_service import PeopleService, Start, people_service


@pytest.fixture
def people_settings(settings: Settings) -> Settings:
    """Settings with limits no test reaches by itself."""
    return settings.model_copy(update={"rate_limit_login": "1000/minute", "rate_limit_reset": "1000/minute"})


@pytest.fixture
def service(people_settings: Settings, start_service: Start) -> Iterator[PeopleService]:
    """On SQLite."""
    with people_service(people_settings, start_service) as running:
        yield running


@pytest.fixture
def service_on_each(people_settings: Settings, start_service: Start, database_url: str) -> Iterator[PeopleService]:
    """On each kind of database."""
    settings = people_settings.model_copy(update={"database_url": SecretStr(database_url)})
    with people_service(settings, start_service) as running:
        yield running
