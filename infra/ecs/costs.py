"""What a deployment costs a month, by part: quantities from the code, unit prices as assumptions that are stated."""

from __future__ import annotations

from dataclasses import dataclass

from infra.ecs.deployment import DEPLOYMENTS, Deployment
from infra.ecs.stacks.workloads import WORKLOADS

HOURS = 730
PRICES = {  # US dollars, on demand, Seoul (ap-northeast-2); to be looked up again before anybody decides by them
    "m6i.large, hour": 0.118,
    "Fargate vCPU, hour": 0.04656,
    "Fargate GB, hour": 0.00511,
    "NAT gateway, hour": 0.059,
    "NAT traffic, GB": 0.059,
    "interface endpoint and zone, hour": 0.013,
    "load balancer, hour": 0.0225,
    "load balancer capacity unit, hour": 0.008,
    "db.t4g.medium MySQL, hour": 0.104,
    "Aurora capacity unit, hour": 0.20,
    "cache.t4g.small, hour": 0.047,
    "gp3, GB-month": 0.0912,
    "S3, GB-month": 0.025,
    "secret, month": 0.40,
    "logs, GB": 0.76,
    "alarm, month": 0.10,
    "firewall, month": 9.0,
}
ASSUMED = (
    "one city of 2,700 stations, ten requests a second on average, one task a service, no scaling out",
    "30 GB through NAT and 2 GB of logs a month, 20 GB of objects, one capacity unit of the load balancer",
    "Aurora at 1 of its 0.5 to 4 capacity units on average",
    "the language model, traffic to riders and AWS support not counted",
)
SERVERLESS = "Lambda (8,760 polls of some seconds a month at 512 MB), scheduler, queue, Cloud Map, ECR"


@dataclass(frozen=True, slots=True)
class Cost:
    """One line: dollars a month and how they come about."""

    part: str
    dollars: float
    how: str


def costs(deployment: Deployment) -> list[Cost]:
    """The parts of a deployment."""
    zones = 2 if deployment.multi_az else 1
    alarms = 2 * len(WORKLOADS) + sum(workload.public for workload in WORKLOADS) + 4
    disks = sum(workload.storage for workload in WORKLOADS)
    lines = [
        _compute(deployment, disks),
        _hourly("NAT", {"NAT gateway, hour": zones}, 30 * PRICES["NAT traffic, GB"], "30 GB"),
        _hourly("load balancer", {"load balancer, hour": 1, "load balancer capacity unit, hour": 1}),
        _database(deployment, zones),
        _hourly("Redis", {"cache.t4g.small, hour": 2}),
        Cost("objects", 20 * PRICES["S3, GB-month"], "20 GB"),
        Cost("secrets, logs, alarms", 6 * 0.40 + 2 * PRICES["logs, GB"] + alarms * 0.10, f"6, 2 GB, {alarms}"),
        Cost("collector and the like", 3.0, SERVERLESS),
    ]
    if deployment.endpoints:
        lines.append(_hourly("endpoints", {"interface endpoint and zone, hour": 8}))
    if deployment.firewall:
        lines.append(Cost("firewall", PRICES["firewall, month"] + 26 * 0.6, "three rules, 26 million requests"))
    return lines


def cost_table() -> str:
    """All deployments as Markdown."""
    text = [
        "# Costs",
        "",
        "Dollars a month, made by `make infra` from the code. Assumed: " + "; ".join(ASSUMED) + ".",
        "",
    ]
    for deployment in DEPLOYMENTS:
        lines = costs(deployment)
        text += [f"## {deployment.name}", "", "| part | $ a month | from |", "|---|---:|---|"]
        text += [f"| {line.part} | {line.dollars:.0f} | {line.how} |" for line in lines]
        text += [f"| **all** | **{sum(line.dollars for line in lines):.0f}** | |", ""]
    text += ["## Unit prices", "", "| unit | $ |", "|---|---:|"]
    text += [f"| {name} | {price:g} |" for name, price in PRICES.items()]
    return "\n".join(text) + "\n"


def _compute(deployment: Deployment, disks: int) -> Cost:
    disk = disks * PRICES["gp3, GB-month"]
    cpu, memory = sum(one.cpu for one in WORKLOADS) / 1024, sum(one.memory for one in WORKLOADS) / 1024
    if deployment.launch == "fargate":
        hour = cpu * PRICES["Fargate vCPU, hour"] + memory * PRICES["Fargate GB, hour"]
        return Cost("tasks", hour * HOURS + disk, f"{cpu:g} vCPU, {memory:g} GB, {disks} GB disk")
    instances = max(-(-cpu // 2), -(-memory // 7.5))  # of 2 vCPU and 8 GiB, of which the agent takes some
    disk += instances * 40 * PRICES["gp3, GB-month"]
    how = f"{instances:g} × {deployment.instance_type} for {cpu:g} vCPU and {memory:g} GB"
    return Cost("instances", instances * PRICES["m6i.large, hour"] * HOURS + disk, how)


def _database(deployment: Deployment, zones: int) -> Cost:
    if deployment.database == "mysql":
        return _hourly("database", {"db.t4g.medium MySQL, hour": zones}, 20 * 0.131, "20 GB")
    return _hourly("database", {"Aurora capacity unit, hour": zones}, 20 * 0.11, "20 GB")


def _hourly(part: str, units: dict[str, int], more: float = 0.0, also: str = "") -> Cost:
    dollars = sum(PRICES[name] * count for name, count in units.items()) * HOURS + more
    how = ", ".join(
        [f"{count} × {name.removesuffix(', hour')}" for name, count in units.items()] + ([also] if also else [])
    )
    return Cost(part, dollars, how)
