"""Gives every JSON body of an OpenAPI document an example: the schema's own, else one made of its fields.

A field's own example or default goes first, then a value by its name or format, then one by its type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

JSON = ("application/json", "application/problem+json")
MAX_DEPTH = 8
_BY_FORMAT = {
    "date-time": "2026-11-20T12:00:07Z",
    "date": "2026-11-20",
    "duration": "PT15M",
    "uri": "https://example.org/",
    "binary": "",
    "password": "three wheels are one too many",
}
_BY_NAME: dict[str, Any] = {
    "email": "rider@example.org",
    "username": "rider",
    "message": "It is done.",
    "user_id": "5f0c4b3a9d2e4c1f8a7b6c5d4e3f2a1b",
    "id": "5f0c4b3a9d2e4c1f8a7b6c5d4e3f2a1b",
    "token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "access": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "refresh": "cmVmcmVzaA",
    "refresh_token": "cmVmcmVzaA",
    "station_id": "ST-10",
    "name": "City Hall",
    "title": "Can I ride without a helmet?",
    "question": "Can I ride without a helmet?",
    "content": "Helmets are recommended. [1]",
    "response": "Helmets are recommended. [1]",
    "language": "en",
    "lang": "en",
    "url": "/help/helmet",
    "role": "assistant",
    "status": "healthy",
}


def add_body_examples(document: dict[str, Any]) -> None:
    """Set `example` on every JSON body that has none; a body that may be anything keeps none."""
    for schema in document.get("components", {}).get("schemas", {}).values():
        _complete(schema, document)
    for media in _json_bodies(document):
        schema = media.get("schema", {})
        if {"example", "examples"} & media.keys() or {"example", "examples"} & schema.keys() or not schema:
            continue
        media["example"] = example_of(schema, document)


def example_of(schema: dict[str, Any], document: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that fits the schema; `name` is the field's."""
    if "$ref" in schema:
        return None if depth > MAX_DEPTH else example_of(resolved(schema, document), document, name, depth + 1)
    stated = [schema.get("example"), *schema.get("examples", [])[:1], schema.get("const"), schema.get("default"),
              *schema.get("enum", [])[:1]]  # fmt: skip
    if (value := next((value for value in stated if value is not None), None)) is not None:
        return value
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            first = next((part for part in schema[key] if part.get("type") != "null"), schema[key][0])
            return example_of(first, document, name, depth + 1)
    return _by_type(schema, document, name, depth)


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a schema's `$ref` leads to, or the schema itself."""
    while "$ref" in schema:
        place: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            place = place[step.replace("~1", "/")]
        schema = place
    return schema


def _complete(schema: dict[str, Any], document: dict[str, Any]) -> None:
    """Add the required fields that an example lacks: FastAPI leaves out those that are null, subclasses have more."""
    stated, fields = schema.get("example"), schema.get("properties", {})
    if isinstance(stated, dict):
        for name in (name for name in schema.get("required", []) if name not in stated):
            nullable = {"type": "null"} in fields[name].get("anyOf", [])
            stated[name] = None if nullable else example_of(fields[name], document, name)


def _by_type(schema: dict[str, Any], document: dict[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return {
            field: example_of(inner, document, field, depth + 1)
            for field, inner in schema.get("properties", {}).items()
        }
    if kind == "array":
        items = schema.get("prefixItems") or ([schema["items"]] if schema.get("items") else [])
        return [example_of(inner, document, name, depth + 1) for inner in items]
    if kind == "string":
        return _text(schema, name)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1) if "maximum" not in schema else schema["maximum"]
    return {"boolean": True}.get(str(kind), None if kind == "null" else {})


def _text(schema: dict[str, Any], name: str) -> str:
    text = str(_BY_FORMAT.get(schema.get("format", "")) or _BY_NAME.get(name) or name.replace("_", " ") or "text")
    return text.ljust(schema.get("minLength", 0), "-")[: schema.get("maxLength")]


def _json_bodies(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            for place in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
                content = place.get("content", {})
                yield from (content[media] for media in JSON if media in content)
