"""Which changes of an API break a client written to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from pedalcast.contract.api_promises import OperationPromise, broken_promises, promises_of

PATH = "/api/v1/things"
DOCUMENT: dict[str, Any] = {
    "paths": {
        PATH: {
            "post": {
                "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}},
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "In": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "kind": {"enum": ["a", "b"]}},
                "required": ["name"],
            },
            "Out": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "state": {"enum": ["open"]},
                    "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Out"}},
                },
                "required": ["id"],
            },
        }
    },
}


def broken(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[str]:
    """What breaks when the operation and the schemas are changed like this."""
    newer = copy.deepcopy(DOCUMENT)
    change(newer["paths"][PATH]["post"], newer["components"]["schemas"])
    return broken_promises(promises_of(DOCUMENT), promises_of(newer))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda op, s: s["In"]["properties"].pop("name"), "does not take application/json body.name any more"),
        (lambda op, s: s["In"]["properties"]["kind"].update(enum=["a"]),
         "does not take =b as application/json body.kind any more"),
        (lambda op, s: s["In"]["properties"]["name"].update(type="integer"),
         "does not take string as application/json body.name any more"),
        (lambda op, s: s["In"]["required"].append("kind"), "needs application/json body.kind now"),
        (lambda op, s: op["parameters"][0].update(required=True), "needs query.limit now"),
        (lambda op, s: op["parameters"].append({"in": "query", "name": "q", "schema": {}, "required": True}),
         "needs query.q now"),
        (lambda op, s: op["parameters"].clear(), "does not take query.limit any more"),
        (lambda op, s: s["Out"]["properties"].pop("state"), "does not return 200 application/json body.state any more"),
        (lambda op, s: s["Out"]["properties"].update(id={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
         "returns null as 200 application/json body.id now"),
        (lambda op, s: s["Out"]["required"].clear(), "does not always return 200 application/json body.id any more"),
        (lambda op, s: op["responses"].update({"201": op["responses"].pop("200")}), "does not return 200 any more"),
    ],
)  # fmt: skip
def test_breaks(change: Callable[[Any, Any], object], fault: str) -> None:
    assert f"POST {PATH}: {fault}" in broken(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda op, s: s["In"]["properties"].update(more={"type": "string"}),
        lambda op, s: s["In"]["properties"]["name"].update(type="number") or s["In"]["properties"].update(
            name={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        lambda op, s: s["In"]["required"].clear(),
        lambda op, s: s["In"]["properties"].update(
            more={"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}),
        lambda op, s: op["parameters"][0]["schema"].update(type="number"),
        lambda op, s: s["Out"]["properties"].update(more={"type": "string"}),
        lambda op, s: s["Out"]["required"].append("state"),
        lambda op, s: s["Out"]["properties"]["state"].update(enum=["open", "closed"]),
    ],
)  # fmt: skip
def test_breaks_nothing(change: Callable[[Any, Any], object]) -> None:
    assert broken(change) == []


def test_an_operation_whose_end_was_announced_may_go() -> None:
    announced = copy.deepcopy(DOCUMENT)
    announced["paths"][PATH]["post"] |= {"deprecated": True, "x-sunset": "2027-07-01"}
    nothing: dict[str, Any] = {"paths": {}, "components": {}}
    assert broken_promises(promises_of(announced), promises_of(nothing)) == []
    assert broken_promises(promises_of(DOCUMENT), promises_of(nothing)) == [f"POST {PATH}: is gone"]
    del announced["paths"][PATH]["post"]["x-sunset"]  # deprecated without a date: nobody knows how long there is
    assert broken_promises(promises_of(announced), promises_of(nothing)) == [f"POST {PATH}: is gone"]


def test_promises_survive_their_file() -> None:
    promises = promises_of(DOCUMENT)
    assert {name: OperationPromise.from_json(each.to_json()) for name, each in promises.items()} == promises
