"""The OpenAPI document as it is committed, and the check of it against the code and against what was promised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from pedalcast.contract.api_promises import OperationPromise, Promises, broken_promises, promises_of
from pedalcast.contract.body_examples import add_body_examples

DOCUMENT = Path("docs/openapi.json")
PROMISED = Path("docs/openapi-promised.json")
COMMAND = "python -m pedalcast openapi"
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def install(app: FastAPI) -> None:
    """Add an example to every body of `app`'s description, and take away the bodies that redirects do not have."""
    plain = app.openapi

    def with_examples() -> dict[str, Any]:
        document = plain()
        _remove_redirect_bodies(document)
        add_body_examples(document)
        return document

    app.openapi = with_examples  # type: ignore[method-assign]


def _remove_redirect_bodies(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status.startswith("3"):
                    response.pop("content", None)


def document_text(document: dict[str, Any]) -> str:
    """The document as its file holds it."""
    return orjson.dumps(document, option=_OPTIONS).decode()


def promised_text(document: dict[str, Any]) -> str:
    """What the document promises, as its file holds it."""
    content = {name: promise.to_json() for name, promise in promises_of(document).items()}
    return orjson.dumps(content, option=_OPTIONS).decode()


def read_promised(root: Path) -> Promises:
    """What the last version promised."""
    content = orjson.loads((root / PROMISED).read_bytes())
    return {name: OperationPromise.from_json(promise) for name, promise in content.items()}


def contract_problems(document: dict[str, Any], root: Path) -> list[str]:
    """A line for each reason why the description must not go out as it is; `root` is the checkout's."""
    problems = broken_promises(read_promised(root), promises_of(document))
    if (root / DOCUMENT).read_text(encoding="utf-8") != document_text(document):
        problems.append(f"{DOCUMENT} is not current: {COMMAND} > {DOCUMENT}")
    return problems
