"""The description of the API, as generators and fuzzers read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pedalcast.app import create_app
from pedalcast.settings import load_settings


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return create_app(load_settings(redis_url="redis://127.0.0.1:9/0")).openapi()


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    everything = set(references(schema))
    assert "#/components/schemas/ChatRequest" in everything
    for reference in everything:
        place: Any = schema
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_the_chat_describes_its_body(schema: dict[str, Any]) -> None:
    properties = schema["components"]["schemas"]["ChatRequest"]["properties"]
    assert {"question", "chat_history", "position"} <= set(properties)
