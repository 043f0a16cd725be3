"""A task definition with new images, made from the one that a service runs now: what a release registers.

aws ecs describe-task-definition --task-definition pedalcast-api > now.json
python -m tools.task_definition now.json --image api=…/pedalcast-api:3f1c… > next.json
aws ecs register-task-definition --cli-input-json file://next.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ANSWERED_ONLY = (  # what describe-task-definition says and register-task-definition does not take
    "compatibilities",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
)


def main() -> None:
    """Print the definition to register."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("described", type=Path, help="what describe-task-definition answered")
    parser.add_argument("--image", action="append", required=True, metavar="CONTAINER=IMAGE")
    options = parser.parse_args()
    images = dict(pair.split("=", 1) for pair in options.image)
    described = json.loads(options.described.read_text(encoding="utf-8"))
    try:
        json.dump(with_images(described, images), sys.stdout, indent=2)
    except ValueError as error:
        sys.exit(str(error))


def with_images(described: Mapping[str, Any], images: Mapping[str, str]) -> dict[str, Any]:
    """What to register: the described definition with these images by container.

    ValueError when a container is not in it, or an image has no tag of its own (none, or `latest`).
    """
    definition = dict(described.get("taskDefinition", described))
    tags = list(described.get("tags", []))
    for name, image in images.items():
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if tag in ("", "latest"):
            raise ValueError(f"{image} names no build: a tag of its own is needed")
        if name not in {container["name"] for container in definition["containerDefinitions"]}:
            raise ValueError(f"there is no container {name!r} in {definition['family']}")
    definition["containerDefinitions"] = [
        {**container, "image": images.get(container["name"], container["image"])}
        for container in definition["containerDefinitions"]
    ]
    wanted = {name: value for name, value in definition.items() if name not in ANSWERED_ONLY}
    return wanted | ({"tags": tags} if tags else {})


if __name__ == "__main__":
    main()
