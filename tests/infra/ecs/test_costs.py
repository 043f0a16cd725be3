"""The cost table follows the deployment."""

from __future__ import annotations

from infra.ecs.costs import costs
from infra.ecs.deployment import Deployment


def dollars(deployment: Deployment) -> dict[str, float]:
    return {line.part: line.dollars for line in costs(deployment)}


def test_a_second_zone_costs_a_second_gateway_and_database() -> None:
    one, two = dollars(Deployment("one")), dollars(Deployment("two", multi_az=True))

    assert two["NAT"] > 1.5 * one["NAT"]
    assert two["database"] > 1.5 * one["database"]
    assert two["Redis"] == one["Redis"]


def test_what_is_not_used_costs_nothing() -> None:
    assert {"firewall", "endpoints"}.isdisjoint(dollars(Deployment("small")))
