"""The templates in the tree: `python -m infra.ecs.synth --check` holds them to the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk.assertions import Template

FOLDER = Path(__file__).resolve().parents[3] / "infra" / "ecs"


class Templates:
    """The templates of one deployment, by the stack's name."""

    def __init__(self, deployment: str) -> None:
        self.deployment = deployment
        self._read: dict[str, Template] = {}

    def __getitem__(self, name: str) -> Template:
        if name not in self._read:
            path = FOLDER / "templates" / self.deployment / f"{name}.template.json"
            self._read[name] = Template.from_json(json.loads(path.read_text(encoding="utf-8")))
        return self._read[name]

    def properties(self, name: str, kind: str) -> list[dict[str, object]]:
        """The properties of all resources of a kind."""
        return [one["Properties"] for one in self[name].find_resources(kind).values()]


@pytest.fixture(scope="session")
def default() -> Templates:
    return Templates("default")


@pytest.fixture(scope="session")
def large() -> Templates:
    return Templates("large")


@pytest.fixture(scope="session", params=["default", "large"])
def either(request: pytest.FixtureRequest) -> Templates:
    return request.getfixturevalue(request.param)
