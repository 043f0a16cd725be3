"""Kept chats on each kind of database, and on SQLite alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from pedalcast.settings import Settings
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, Start, people_service


@pytest.fixture
def answering() -> ScriptedAnswering:
    """What answers."""
    return ScriptedAnswering()


@pytest.fixture
def service(settings: Settings, start_service: Start, answering: ScriptedAnswering) -> Iterator[PeopleService]:
    """On SQLite."""
    with people_service(settings, start_service, answering) as running:
        yield running


@pytest.fixture
def service_on_each(
    settings: Settings, start_service: Start, answering: ScriptedAnswering, database_url: str
) -> Iterator[PeopleService]:
    """On each kind of database."""
    chosen = settings.model_copy(update={"database_url": SecretStr(database_url)})
    with people_service(chosen, start_service, answering) as running:
        yield running
