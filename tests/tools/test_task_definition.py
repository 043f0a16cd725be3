"""A release's task definition is what the service runs, with another image, in the form that AWS takes."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from tools.task_definition import with_images

DESCRIBED: dict[str, Any] = {  # the shape of describe-task-definition's answer
    "taskDefinition": {
        "taskDefinitionArn": "arn:aws:ecs:ap-northeast-2:123456789012:task-definition/pedalcast-api:7",
        "family": "pedalcast-api",
        "revision": 7,
        "status": "ACTIVE",
        "networkMode": "awsvpc",
        "registeredBy": "arn:aws:iam::123456789012:role/deploy",
        "requiresAttributes": [{"name": "ecs.capability.execution-role-ecr-pull"}],
        "compatibilities": ["EC2"],
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": [
            {"name": "api", "image": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/pedalcast-api:old", "cpu": 0},
            {"name": "tracing", "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1", "cpu": 0},
        ],
    },
    "tags": [{"key": "service", "value": "pedalcast"}],
}
NEXT = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/pedalcast-api:3f1c2d4"


def test_only_the_image_differs_and_aws_takes_it() -> None:
    wanted = with_images(DESCRIBED, {"api": NEXT})

    assert [container["image"] for container in wanted["containerDefinitions"]] == [
        NEXT,
        "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1",
    ]
    assert (wanted["family"], wanted["memory"], wanted["tags"]) == ("pedalcast-api", "2048", DESCRIBED["tags"])
    assert problems(wanted) == ""


def test_what_was_described_would_not_be_taken() -> None:
    assert "Unknown parameter" in problems(DESCRIBED["taskDefinition"])


def test_a_container_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no container 'web' in pedalcast-api"):
        with_images(DESCRIBED, {"web": NEXT})


@pytest.mark.parametrize("image", ["host:5000/pedalcast-api", "host/pedalcast-api:latest"])
def test_an_image_without_a_tag_of_its_own_is_refused(image: str) -> None:
    with pytest.raises(ValueError, match="names no build"):
        with_images(DESCRIBED, {"api": image})


def problems(definition: dict[str, Any]) -> str:
    """What AWS's own description of the call finds wrong."""
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    return str(ParamValidator().validate(definition, shape).generate_report())
