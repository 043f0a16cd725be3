"""Where logs go: `/pedalcast/<name>`, for a week."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct


def log_group(scope: Construct, construct_id: str, name: str) -> logs.LogGroup:
    """The log group of a task or a function."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=f"/pedalcast/{name}",
        retention=logs.RetentionDays.ONE_WEEK,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
