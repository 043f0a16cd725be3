"""The Lambda's schedule and limits, and what wakes somebody up."""

from __future__ import annotations

import json

from aws_cdk.assertions import Match

from tests.infra.ecs.conftest import Templates


def test_called_every_five_minutes_and_never_late(either: Templates) -> None:
    either["collector"].has_resource_properties(
        "AWS::Scheduler::Schedule",
        {
            "ScheduleExpression": "rate(5 minutes)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "RetryPolicy": {"MaximumEventAgeInSeconds": 120, "MaximumRetryAttempts": Match.any_value()},
                "DeadLetterConfig": {"Arn": Match.any_value()},
            },
        },
    )


def test_one_at_a_time_with_a_dead_letter_queue(either: Templates) -> None:
    either["collector"].has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Handler": "collector.handler.handler",
            "ReservedConcurrentExecutions": 1,
            "DeadLetterConfig": {"TargetArn": Match.any_value()},
            "VpcConfig": Match.any_value(),
            "Timeout": 60,
        },
    )
    either["collector"].has_resource_properties("AWS::Lambda::EventInvokeConfig", {"MaximumEventAgeInSeconds": 120})


def test_tracing_by_setting(default: Templates, large: Templates) -> None:
    large["collector"].has_resource_properties("AWS::Lambda::Function", {"TracingConfig": {"Mode": "Active"}})
    [function] = default.properties("collector", "AWS::Lambda::Function")

    assert "TracingConfig" not in function


def test_secrets_are_references(either: Templates) -> None:
    [function] = either.properties("collector", "AWS::Lambda::Function")
    values = function["Environment"]["Variables"]

    for name in ("REDIS_PASSWORD", "SEOUL_API_KEY"):
        assert "resolve:secretsmanager" in json.dumps(values[name])


def test_alarms(either: Templates) -> None:
    alarms = {
        str(one["AlarmName"]).removeprefix("pedalcast-"): one
        for one in either.properties("alarms", "AWS::CloudWatch::Alarm")
    }

    for name in ("api", "worker", "frontend", "qdrant", "grafana"):
        for part in ("cpu", "memory"):
            assert (alarms[f"{name}-{part}"]["Threshold"], alarms[f"{name}-{part}"]["Period"]) == (80, 300)
    assert (alarms["api-unhealthy"]["Threshold"], alarms["api-unhealthy"]["Period"]) == (0, 60)
    assert alarms["errors"]["Threshold"] == 1
    assert alarms["feed-age"]["TreatMissingData"] == "breaching"
    assert all(one["AlarmActions"] for one in alarms.values())
