"""The services: how they run, are updated, reached, scaled, and what they may do."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk.assertions import Match

from tests.infra.ecs.conftest import FOLDER, Templates

NAMES = {"api", "worker", "frontend", "qdrant", "prometheus", "grafana", "redis-exporter"}


def services(templates: Templates) -> dict[str, dict[str, Any]]:
    found = templates.properties("services", "AWS::ECS::Service")
    return {str(one["ServiceName"]).removeprefix("pedalcast-"): one for one in found}


def tasks(templates: Templates) -> dict[str, dict[str, Any]]:
    found = templates.properties("services", "AWS::ECS::TaskDefinition")
    return {str(one["Family"]).removeprefix("pedalcast-"): one for one in found}


def test_every_part_is_a_service_that_rolls_back(either: Templates) -> None:
    daemon = {"node-exporter"} if either.deployment == "default" else set()
    assert services(either).keys() == NAMES | daemon
    for one in services(either).values():
        breaker = one["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
        assert breaker == {"Enable": True, "Rollback": True}


def test_rolling_update_keeps_the_old_tasks_until_the_new_ones_work(either: Templates) -> None:
    for name in ("api", "worker", "frontend"):
        configuration = services(either)[name]["DeploymentConfiguration"]
        assert (configuration["MinimumHealthyPercent"], configuration["MaximumPercent"]) == (100, 200)


def test_instances_or_fargate(default: Templates, large: Templates) -> None:
    default["services"].has_resource_properties(
        "AWS::ECS::CapacityProvider",
        {"AutoScalingGroupProvider": {"ManagedScaling": {"Status": "ENABLED", "TargetCapacity": 100}}},
    )
    default["services"].has_resource_properties(
        "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required"}}}
    )
    assert services(default)["node-exporter"]["SchedulingStrategy"] == "DAEMON"
    large["services"].resource_count_is("AWS::AutoScaling::AutoScalingGroup", 0)
    assert {one["LaunchType"] for one in services(large).values()} == {"FARGATE"}


def test_images_are_pinned_and_roots_read_only(either: Templates) -> None:
    for name, task in tasks(either).items():
        for container in task["ContainerDefinitions"]:
            image = json.dumps(container["Image"])
            assert "latest" not in image
            assert "Release" in image or ":" in image
            if container["Name"] != "prepare":
                assert container["ReadonlyRootFilesystem"] is True, name


def test_no_secret_is_a_plain_setting(either: Templates) -> None:
    for task in tasks(either).values():
        for container in task["ContainerDefinitions"]:
            plain = {one["Name"] for one in container.get("Environment", [])}
            assert not [name for name in plain if any(word in name for word in ("PASSWORD", "TOKEN", "SECRET", "_KEY"))]
    secret = {one["Name"] for one in tasks(either)["api"]["ContainerDefinitions"][0]["Secrets"]}
    assert {"ADMIN_TOKEN", "JWT_SECRET_KEY", "REDIS_PASSWORD", "DATABASE_PASSWORD"} <= secret


def test_balancer_speaks_https_alone(either: Templates) -> None:
    either["services"].has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {"Port": 80, "DefaultActions": [Match.object_like({"Type": "redirect"})]},
    )
    either["services"].has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {"Port": 443, "Protocol": "HTTPS", "SslPolicy": Match.string_like_regexp("TLS13")},
    )
    either["services"].has_resource_properties("AWS::CertificateManager::Certificate", {"ValidationMethod": "DNS"})
    either["services"].resource_count_is("AWS::Route53::RecordSet", 2)


def test_metrics_are_not_routed(either: Templates) -> None:
    rules = either.properties("services", "AWS::ElasticLoadBalancingV2::ListenerRule")
    paths = [
        path
        for rule in rules
        for one in rule["Conditions"]
        for path in one.get("PathPatternConfig", {}).get("Values", [])
    ]

    assert "/api/*" in paths
    assert not [path for path in paths if path.startswith("/metrics") or path == "/*"]


def test_scaling_follows_the_cpu(either: Templates) -> None:
    targets = either.properties("services", "AWS::ApplicationAutoScaling::ScalableTarget")
    assert {(one["MinCapacity"], one["MaxCapacity"]) for one in targets} == {(1, 4)}
    either["services"].all_resources_properties(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 70,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            }
        },
    )


def test_logs_are_kept_for_a_week(either: Templates) -> None:
    for name in ("services", "collector"):
        either[name].all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 7})


def test_firewall_by_setting(default: Templates, large: Templates) -> None:
    default["services"].resource_count_is("AWS::WAFv2::WebACL", 0)
    [firewall] = large.properties("services", "AWS::WAFv2::WebACL")
    text = json.dumps(firewall)

    assert all(name in text for name in ("RateBasedStatement", "SQLiRuleSet", "CommonRuleSet"))


def test_roles_name_what_they_may(either: Templates) -> None:
    """No action of everything, and everything as a resource only where AWS knows no narrower."""
    unbounded = {"ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"}
    agent = {"ecs:DiscoverPollEndpoint", "logs:CreateLogStream", "logs:PutLogEvents"}  # of the instances
    tracing = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    allowed = unbounded | agent | tracing
    for name in ("registry", "services", "collector"):
        for policy in either.properties(name, "AWS::IAM::Policy"):
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert "*" not in actions
                if statement["Resource"] == "*" and "Condition" not in statement:
                    assert set(actions) <= allowed, (name, actions)


def test_deploy_role_is_this_repositorys(either: Templates) -> None:
    [role] = [
        one for one in either.properties("registry", "AWS::IAM::Role") if one.get("RoleName") == "pedalcast-deploy"
    ]
    text = json.dumps(role["AssumeRolePolicyDocument"])

    assert "GitHubRepository" in text
    assert ":environment:production" in text
    assert "StringEquals" in text


def test_image_tags_never_change(either: Templates) -> None:
    either["registry"].all_resources_properties(
        "AWS::ECR::Repository",
        {"ImageTagMutability": "IMMUTABLE", "ImageScanningConfiguration": {"ScanOnPush": True}},
    )


def test_task_definitions_are_rendered(either: Templates) -> None:
    folder = FOLDER / "task-definitions" / either.deployment
    rendered = {path.stem.removeprefix("pedalcast-"): json.loads(path.read_text()) for path in folder.glob("*.json")}

    assert rendered.keys() == tasks(either).keys()
    for definition in rendered.values():
        assert all(isinstance(one["image"], str) for one in definition["containerDefinitions"])


def test_configuration_is_fetched_before_the_start(either: Templates) -> None:
    for name, paths in {
        "prometheus": ["/etc/prometheus"],
        "grafana": ["/etc/grafana/provisioning", "dashboards"],
    }.items():
        main, preparing = tasks(either)[name]["ContainerDefinitions"]
        text = json.dumps(preparing["Command"])
        assert all(path in text for path in paths)
        assert main["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "prepare"}]
        assert preparing["Essential"] is False
