"""The network: its addresses, and that nothing is open but what a pair of services uses."""

from __future__ import annotations

from aws_cdk.assertions import Match

from tests.infra.ecs.conftest import Templates

OUTSIDE = "0.0.0.0/0"


def test_addresses(either: Templates) -> None:
    either["network"].has_resource_properties("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
    blocks = {one["CidrBlock"] for one in either.properties("network", "AWS::EC2::Subnet")}

    assert blocks == {"10.0.1.0/24", "10.0.2.0/24", "10.0.11.0/24", "10.0.12.0/24"}


def test_nat_is_there_and_once_a_zone_where_it_matters(default: Templates, large: Templates) -> None:
    default["network"].resource_count_is("AWS::EC2::NatGateway", 1)
    large["network"].resource_count_is("AWS::EC2::NatGateway", 2)


def test_endpoints_by_setting(default: Templates, large: Templates) -> None:
    default["network"].resource_count_is("AWS::EC2::VPCEndpoint", 1)
    services = [str(one["ServiceName"]) for one in large.properties("network", "AWS::EC2::VPCEndpoint")]

    assert sum(any(name in service for name in ("ecr.api", "ecr.dkr", "logs", "bedrock")) for service in services) == 4
    assert sum(".s3" in service for service in services) == 1


def test_only_the_balancer_is_open_to_the_world(either: Templates) -> None:
    groups = either.properties("network", "AWS::EC2::SecurityGroup")
    opened = {
        (group["GroupDescription"], rule["FromPort"])
        for group in groups
        for rule in group.get("SecurityGroupIngress", [])
        if rule.get("CidrIp") == OUTSIDE
    }

    assert opened == {("Pedalcast balancer", 80), ("Pedalcast balancer", 443)}


def test_ports_out_of_the_network(default: Templates, large: Templates) -> None:
    def ports(templates: Templates) -> dict[str, set[int]]:
        return {
            group["GroupDescription"].removeprefix("Pedalcast "): {
                rule["FromPort"] for rule in group.get("SecurityGroupEgress", []) if rule.get("CidrIp") == OUTSIDE
            }
            for group in templates.properties("network", "AWS::EC2::SecurityGroup")
        }

    assert ports(default)["api"] == {443}
    assert ports(large)["api"] == ports(large)["worker"] == {443, 587, 9094}
    assert ports(default)["collector"] == {443, 8088}
    assert ports(default)["database"] == ports(default)["redis"] == set()


def test_database_and_redis_know_their_callers(either: Templates) -> None:
    port = 3306 if either.deployment == "default" else 5432
    rules = either.properties("network", "AWS::EC2::SecurityGroupIngress")
    inwards = {(rule["Description"], rule["FromPort"]) for rule in rules}

    assert {
        ("from api", port),
        ("from worker", port),
        ("from collector", 6379),
        ("from redis-exporter", 6379),
    } <= inwards
    assert not [rule for rule in rules if rule["FromPort"] != rule["ToPort"]]
    either["network"].has_resource_properties(
        "AWS::EC2::SecurityGroupEgress", {"Description": "to redis", "FromPort": 6379, "IpProtocol": Match.exact("tcp")}
    )
