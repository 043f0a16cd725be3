"""Task definitions as ECS takes them, from the template: what CloudFormation would fill in stands as `<Name>`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def task_definitions(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The definitions of a template by family, in the form of `aws ecs register-task-definition`."""
    resources = template["Resources"].values()
    wanted = [one["Properties"] for one in resources if one["Type"] == "AWS::ECS::TaskDefinition"]
    return {one["Family"]: _plain(one) for one in wanted}


def _plain(value: Any) -> Any:
    """CloudFormation's names begin with a capital, the API's do not; keys of maps that people name stay as they are."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join", "Fn::Sub"):
        return _filled(value)
    return {_lower(name): _options(item) if name == "Options" else _plain(item) for name, item in value.items()}


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in options.items()}


def _filled(value: Any) -> str:
    """What CloudFormation would fill in, readable."""
    if not isinstance(value, Mapping):
        return str(value)
    (function, argument), *_ = value.items()
    if function == "Fn::Join":
        separator, parts = argument
        return str(separator).join(_filled(part) for part in parts)
    if function == "Fn::ImportValue":
        return f"<{str(argument).removeprefix('pedalcast-')}>"
    if function == "Fn::GetAtt":
        return f"<{'.'.join(argument)}>"
    if function in ("Fn::Select", "Fn::Split"):
        return _filled(argument[-1])
    return f"<{argument}>"


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
