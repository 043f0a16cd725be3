"""Alarms, sent by mail: what has to be looked at by somebody."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct
from infra.ecs.stacks.collector import CollectorStack
from infra.ecs.stacks.services import ServicesStack

MINUTE, FIVE = cdk.Duration.minutes(1), cdk.Duration.minutes(5)
OLDEST_FEED_S = 900
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
MISSING_IS_FINE = cloudwatch.TreatMissingData.NOT_BREACHING
MISSING_IS_BAD = cloudwatch.TreatMissingData.BREACHING


class AlarmsStack(cdk.Stack):
    """CPU and memory above 80 % for five minutes, targets unhealthy for one, 5xx above 1 %, an old feed, lost polls."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        services: ServicesStack,
        collector: CollectorStack,
        **options: Any,
    ) -> None:
        super().__init__(scope, construct_id, **options)
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        mail = cdk.CfnParameter(self, "AlarmEmail", description="who is told")
        topic.add_subscription(subscriptions.EmailSubscription(mail.value_as_string))
        self._action = actions.SnsAction(topic)
        for name, service in services.services.items():
            self._alarm(f"{name}-cpu", service.metric_cpu_utilization(period=FIVE), 80)
            self._alarm(f"{name}-memory", service.metric_memory_utilization(period=FIVE), 80)
        for name, group in services.targets.items():
            unhealthy = group.metrics.unhealthy_host_count(period=MINUTE, statistic="Maximum")
            self._alarm(f"{name}-unhealthy", unhealthy, 0)
        self._alarm("errors", _error_share(services.entrance.balancer), 1)
        self._feed(collector)

    def _feed(self, collector: CollectorStack) -> None:
        """The feed's age as the collector measures it at each poll; no measurement is as bad as an old feed."""
        system = cdk.CfnParameter(
            self,
            "SystemId",
            default="seoul-ttareungyi",
            description="the feed's system, as the collector's logs name it",
        )
        age = cloudwatch.Metric(
            namespace="Pedalcast",
            metric_name="ObservationAgeSeconds",
            dimensions_map={"service": "collector", "system": system.value_as_string},
            statistic="Maximum",
            period=FIVE,
        )
        self._alarm("feed-age", age, OLDEST_FEED_S, missing=MISSING_IS_BAD, periods=2)
        self._alarm("collector-errors", collector.function.metric_errors(period=FIVE), 0, periods=2)
        missed = collector.missed.metric_approximate_number_of_messages_visible(period=FIVE)
        self._alarm("polls-missed", missed, 0)

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        *,
        missing: cloudwatch.TreatMissingData = MISSING_IS_FINE,
        periods: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"pedalcast-{name}",
            metric=metric,
            threshold=threshold,
            comparison_operator=ABOVE,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)


def _error_share(balancer: elbv2.ApplicationLoadBalancer) -> cloudwatch.MathExpression:
    """Percent of the requests of five minutes that ended with 5xx, of the targets or of the load balancer itself."""
    counts = {
        "targets": balancer.metrics.http_code_target(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=FIVE),
        "own": balancer.metrics.http_code_elb(elbv2.HttpCodeElb.ELB_5XX_COUNT, period=FIVE),
        "all": balancer.metrics.request_count(period=FIVE),
    }
    return cloudwatch.MathExpression(
        expression="100 * (FILL(targets, 0) + FILL(own, 0)) / all", using_metrics=counts, period=FIVE, label="5xx, %"
    )
