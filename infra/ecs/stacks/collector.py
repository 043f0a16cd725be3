"""The collector: a Lambda in the private subnets, called every five minutes."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.log_groups import log_group
from infra.ecs.stacks.network import PRIVATE, NetworkStack
from infra.ecs.stacks.registry import RegistryStack
from infra.ecs.stacks.storage import PROVIDED, StorageStack

OLDEST_EVENT_S = 120  # a poll that comes later would fill the window after its own


class CollectorStack(cdk.Stack):
    """One invocation at a time; what could not be delivered within two minutes lies in the dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        network: NetworkStack,
        storage: StorageStack,
        registry: RegistryStack,
        **options: Any,
    ) -> None:
        super().__init__(scope, construct_id, **options)
        self.missed = sqs.Queue(
            self, "Missed", retention_period=cdk.Duration.days(14), enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
        )  # fmt: skip
        code = cdk.CfnParameter(self, "Code", description="key of the zip in the artifact bucket")
        self.function = lambda_.Function(
            self,
            "Collector",
            function_name="pedalcast-collector",
            runtime=lambda_.Runtime.PYTHON_3_12,
            architecture=lambda_.Architecture.X86_64,
            handler="collector.handler.handler",
            code=lambda_.Code.from_bucket(registry.artifacts, code.value_as_string),
            memory_size=512,
            timeout=cdk.Duration.seconds(60),
            reserved_concurrent_executions=1,
            vpc=network.vpc,
            vpc_subnets=PRIVATE,
            security_groups=[network.groups["collector"]],
            environment=_environment(storage),
            max_event_age=cdk.Duration.seconds(OLDEST_EVENT_S),
            retry_attempts=1,
            dead_letter_queue=self.missed,
            tracing=lambda_.Tracing.ACTIVE if deployment.tracing else lambda_.Tracing.DISABLED,
            log_group=log_group(self, "Logs", "collector"),
        )
        cdk.Tags.of(self.function).add("pedalcast:code", code.value_as_string)  # a release knows what to go back to
        self._schedule()

    def _schedule(self) -> None:
        caller = iam.Role(self, "Scheduler", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        self.function.grant_invoke(caller)
        self.missed.grant_send_messages(caller)
        scheduler.CfnSchedule(
            self,
            "EveryFiveMinutes",
            schedule_expression="rate(5 minutes)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.function.function_arn,
                role_arn=caller.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=OLDEST_EVENT_S, maximum_retry_attempts=2
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.missed.queue_arn),
            ),
        )


def _environment(storage: StorageStack) -> dict[str, str]:
    """Settings of the function. Secrets are filled in by CloudFormation and encrypted at rest; after a rotation the
    stack is deployed again."""
    provided = {
        name: storage.provided.secret_value_from_json(name).unsafe_unwrap()
        for name in PROVIDED
        if name != "LLM_API_KEY"
    }
    return {
        **storage.redis_settings(),
        "REDIS_PASSWORD": storage.redis_token.secret_value.unsafe_unwrap(),
        **provided,
    }
