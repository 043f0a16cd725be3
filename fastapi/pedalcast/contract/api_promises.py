"""What an API has promised, operation by operation, and what a newer description breaks of it.

A field is written `body.items[].name` or `query.limit`; its types are JSON's, and literals for enumerations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from pedalcast.contract.body_examples import resolved
from pedalcast.contract.deprecation import SUNSET_KEY

PREFIX = "/api/v1"
METHODS = ("get", "put", "post", "delete", "patch")
Types = dict[str, set[str]]


@dataclass(slots=True)
class OperationPromise:
    """One operation: what it takes and needs, what it returns and always returns."""

    takes: Types = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    returns: Types = field(default_factory=dict)
    always: set[str] = field(default_factory=set)
    sunset: str | None = None

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """From what `to_json` made."""
        types = {key: {name: set(kinds) for name, kinds in content[key].items()} for key in ("takes", "returns")}
        return cls(**types, needs=set(content["needs"]), always=set(content["always"]), sunset=content["sunset"])

    def to_json(self) -> dict[str, Any]:
        """Sorted, so that equal promises are equal files."""
        types = {
            key: {name: sorted(kinds) for name, kinds in sorted(getattr(self, key).items())}
            for key in ("takes", "returns")
        }
        return types | {"needs": sorted(self.needs), "always": sorted(self.always), "sunset": self.sunset}


Promises = dict[str, OperationPromise]


def promises_of(document: dict[str, Any]) -> Promises:
    """The promises of every operation under `/api/v1`."""
    return {
        f"{method.upper()} {path}": _operation(operation, document)
        for path, operations in document["paths"].items()
        if path.startswith(PREFIX)
        for method, operation in operations.items()
        if method in METHODS
    }


def broken_promises(promised: Promises, current: Promises) -> list[str]:
    """A line for each promise that no longer holds; operations whose end was announced may change and go."""
    lines = []
    for name, before in promised.items():
        if before.sunset is not None:
            continue
        after = current.get(name)
        faults = ["is gone"] if after is None else [*_requests(before, after), *_answers(before, after)]
        lines += [f"{name}: {fault}" for fault in faults]
    return lines


def _requests(before: OperationPromise, after: OperationPromise) -> Iterator[str]:
    for name, types in before.takes.items():
        if name not in after.takes:
            yield f"does not take {name} any more"
        elif lost := _without(types, after.takes[name]):
            yield f"does not take {' or '.join(sorted(lost))} as {name} any more"
    for name in sorted(after.needs - before.needs):
        if _parent(name) in before.takes or "." not in _parent(name):  # part of something new breaks nobody
            yield f"needs {name} now"


def _answers(before: OperationPromise, after: OperationPromise) -> Iterator[str]:
    for name, types in before.returns.items():
        if name not in after.returns:
            yield f"does not return {name} any more"
            continue
        added = _without(after.returns[name], types)
        literals = any(kind.startswith("=") for kind in types)
        if added := {kind for kind in added if not (literals and kind.startswith("="))}:
            yield f"returns {' or '.join(sorted(added))} as {name} now"
    yield from (f"does not always return {name} any more" for name in sorted(before.always - after.always)
                if name in after.returns)  # fmt: skip


def _without(types: set[str], others: set[str]) -> set[str]:
    """The types that none of `others` covers: a number covers integers, a string the literals."""
    covered = others | ({"integer"} if "number" in others else set())
    return {kind for kind in types - covered if not (kind.startswith("=") and "string" in others)}


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _operation(operation: dict[str, Any], document: dict[str, Any]) -> OperationPromise:
    promise = OperationPromise(sunset=operation.get(SUNSET_KEY) if operation.get("deprecated") else None)
    asked = _Walk(document, promise.takes, promise.needs)
    for parameter in operation.get("parameters", []):
        name = f"{parameter['in']}.{parameter['name']}"
        asked.note(parameter["schema"], name)
        if parameter.get("required"):
            promise.needs.add(name)
    request = operation.get("requestBody", {})
    for media, content in request.get("content", {}).items():
        asked.note(content.get("schema", {}), f"{media} body")
        if request.get("required"):
            promise.needs.add(f"{media} body")
    answered = _Walk(document, promise.returns, promise.always)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            promise.returns[status] = set()
            for media, content in response.get("content", {}).items():
                answered.note(content.get("schema", {}), f"{status} {media} body")
    return promise


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through schemas and notes the types of each field, and which are required."""

    document: dict[str, Any]
    types: Types
    required: set[str]

    def note(self, schema: dict[str, Any], name: str, above: tuple[str, ...] = ()) -> None:
        """Note `name` and everything inside it; a schema within itself is noted once."""
        reference = schema.get("$ref")
        if reference in above:
            return
        above = (*above, reference) if reference else above
        schema = resolved(schema, self.document)
        noted = self.types.setdefault(name, set())
        for part in (part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, [])):
            self.note(part, name, above)
        literals = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if literals is not None:
            noted.update(f"={literal}" for literal in literals)
        elif "type" in schema:
            noted.add(schema["type"])
        self._inside(schema, name, above)

    def _inside(self, schema: dict[str, Any], name: str, above: tuple[str, ...]) -> None:
        for field_name, inner in schema.get("properties", {}).items():
            self.note(inner, f"{name}.{field_name}", above)
        self.required.update(f"{name}.{field_name}" for field_name in schema.get("required", []))
        for key, ending in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(schema.get(key), dict):
                self.note(schema[key], name + ending, above)
