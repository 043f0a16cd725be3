"""Every body of the API has an example, and each is one that its schema takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pedalcast.contract.body_examples import add_body_examples, resolved


def json_bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            places = {"request": operation.get("requestBody", {})} | operation["responses"]
            for place, body in places.items():
                for media, content in body.get("content", {}).items():
                    if media.endswith("json"):
                        yield f"{method} {path} {place}", content


def example(content: dict[str, Any], document: dict[str, Any]) -> Any:
    schema = resolved(content.get("schema", {}), document)
    for place in (content, schema):
        if "example" in place:
            return place["example"]
        if examples := place.get("examples"):
            return examples[0] if isinstance(examples, list) else next(iter(examples.values()))["value"]
    return None


def test_every_body_has_one_that_fits(document: dict[str, Any]) -> None:
    faults = {}
    for name, content in json_bodies(document):
        body = example(content, document)
        schema = {**content.get("schema", {}), "components": document["components"]}
        problems = [error.message for error in Draft202012Validator(schema).iter_errors(body)]
        if body is None or problems:
            faults[name] = problems or "no example"
    assert not faults, "\n".join(f"{name}: {problem}" for name, problem in faults.items())


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "date-time"}, "2026-11-20T12:00:07Z"),
        ({"type": "string", "enum": ["up", "down"]}, "up"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"type": "array", "items": {"const": "a"}}, ["a"]),
        ({"type": "object", "properties": {"email": {"type": "string"}}}, {"email": "rider@example.org"}),
        ({"type": "string", "minLength": 8}, "text----"),
    ],
)
def test_made_of_the_schema(schema: dict[str, Any], value: object) -> None:
    content: dict[str, Any] = {"schema": schema}
    operation = {"requestBody": {"content": {"application/json": content}}, "responses": {}}
    add_body_examples({"paths": {"/": {"post": operation}}})
    assert content["example"] == value
