"""`python -m infra.ecs.synth`: write the templates, or check that those in the tree are current (`--check`)."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from infra.ecs.costs import cost_table
from infra.ecs.deployment import DEPLOYMENTS, Deployment
from infra.ecs.stacks.alarms import AlarmsStack
from infra.ecs.stacks.collector import CollectorStack
from infra.ecs.stacks.network import NetworkStack
from infra.ecs.stacks.registry import RegistryStack
from infra.ecs.stacks.services import ServicesStack
from infra.ecs.stacks.storage import StorageStack
from infra.ecs.task_definitions import task_definitions

FOLDER = Path(__file__).parent
Files = Mapping[str, str]  # path below the folder -> text


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is not current")
    options = parser.parse_args()
    files: dict[str, str] = {"costs.md": cost_table()}
    for deployment in DEPLOYMENTS:
        files |= rendered(deployment)
    if options.check:
        sys.exit(_stale(files))
    for name, text in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in _written():
        if path.relative_to(FOLDER).as_posix() not in files:
            path.unlink()


def rendered(deployment: Deployment) -> Files:
    """The templates of a deployment, and of its services' template the task definitions."""
    files = {}
    for name, template in templates(deployment).items():
        files[f"templates/{deployment.name}/{name}.template.json"] = _text(template)
        if name == "services":
            for family, definition in task_definitions(template).items():
                files[f"task-definitions/{deployment.name}/{family}.json"] = _text(definition)
    return files


def templates(deployment: Deployment) -> dict[str, dict[str, object]]:
    """The CloudFormation templates by the stack's name. Nothing is looked up and nothing is uploaded: what differs by
    account is a parameter."""
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False)
        build(app, deployment)
        assembly = app.synth()
        return {stack.stack_name.removeprefix("pedalcast-"): stack.template for stack in assembly.stacks}


def build(app: cdk.App, deployment: Deployment) -> None:
    """The stacks of a deployment."""

    def named(name: str) -> dict[str, Any]:
        synthesizer = cdk.BootstraplessSynthesizer()
        return {"stack_name": f"pedalcast-{name}", "synthesizer": synthesizer, "tags": {"service": "pedalcast"}}

    registry = RegistryStack(app, "registry", **named("registry"))
    network = NetworkStack(app, "network", deployment=deployment, **named("network"))
    storage = StorageStack(app, "storage", deployment=deployment, network=network, **named("storage"))
    parts: dict[str, Any] = {"deployment": deployment, "network": network, "storage": storage, "registry": registry}
    services = ServicesStack(app, "services", **parts, **named("services"))
    collector = CollectorStack(app, "collector", **parts, **named("collector"))
    AlarmsStack(app, "alarms", services=services, collector=collector, **named("alarms"))


def _stale(files: Files) -> int:
    """Print how the tree differs from `files`; 1 where it does."""
    in_tree = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in _written()}
    stale = sorted(name for name in files.keys() | in_tree.keys() if files.get(name) != in_tree.get(name))
    for name in stale:
        lines = difflib.unified_diff(
            in_tree.get(name, "").splitlines(),
            files.get(name, "").splitlines(),
            f"{name} in the tree",
            name,
            lineterm="",
        )
        print("\n".join(list(lines)[:20]))
    print(f"not current: {', '.join(stale)}; run `make infra`" if stale else f"{len(files)} files are current")
    return int(bool(stale))


def _written() -> list[Path]:
    return [*FOLDER.glob("templates/**/*.json"), *FOLDER.glob("task-definitions/**/*.json"), *FOLDER.glob("costs.md")]


def _text(document: object) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    main()
