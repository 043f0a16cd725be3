"""Security groups: one a part, and only the ports that each pair of them uses."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct
from infra.ecs.deployment import Deployment

API, FRONTEND, QDRANT, PROMETHEUS, GRAFANA, REDIS, REDIS_EXPORTER, NODE_EXPORTER = (
    8000, 8080, 6333, 9090, 3000, 6379, 9121, 9100,
)  # fmt: skip
PARTS = (
    "balancer", "api", "worker", "frontend", "qdrant", "prometheus", "grafana", "redis-exporter", "hosts", "collector",
    "database", "redis", "endpoints",
)  # fmt: skip
PATHS = (  # from, to, port
    ("balancer", "api", API),
    ("balancer", "frontend", FRONTEND),
    ("balancer", "grafana", GRAFANA),
    ("api", "qdrant", QDRANT),
    ("worker", "qdrant", QDRANT),
    ("api", "redis", REDIS),
    ("worker", "redis", REDIS),
    ("collector", "redis", REDIS),
    ("redis-exporter", "redis", REDIS),
    ("grafana", "prometheus", PROMETHEUS),
    ("prometheus", "api", API),
    ("prometheus", "worker", API),
    ("prometheus", "qdrant", QDRANT),
    ("prometheus", "redis-exporter", REDIS_EXPORTER),
    ("prometheus", "hosts", NODE_EXPORTER),
)
PULLS_IMAGES = ("frontend", "qdrant", "prometheus", "grafana", "redis-exporter", "hosts")


class SecurityGroups(Construct):
    """The groups by part. Nothing is open but what stands here, inwards and outwards."""

    def __init__(self, scope: Construct, vpc: ec2.IVpc, deployment: Deployment) -> None:
        super().__init__(scope, "SecurityGroups")
        self._groups = {
            part: ec2.SecurityGroup(self, part, vpc=vpc, description=f"Pedalcast {part}", allow_all_outbound=False)
            for part in PARTS
        }
        anywhere = ec2.Peer.any_ipv4()
        for port in (80, 443):
            self["balancer"].add_ingress_rule(anywhere, ec2.Port.tcp(port), "everybody")
        database = [(part, "database", deployment.database_port) for part in ("api", "worker")]
        endpoints = [(part, "endpoints", 443) for part in ("api", "worker", "collector", *PULLS_IMAGES)]
        for source, target, port in (*PATHS, *database, *(endpoints if deployment.endpoints else [])):
            self._open(source, target, port)
        for part in ("api", "worker"):
            for port in deployment.outside_ports:
                self[part].add_egress_rule(anywhere, ec2.Port.tcp(port), "model providers, AWS, mail, Kafka where set")
        for port in deployment.feed_ports:
            self["collector"].add_egress_rule(anywhere, ec2.Port.tcp(port), "feeds")
        for part in PULLS_IMAGES:
            self[part].add_egress_rule(anywhere, ec2.Port.tcp(443), "images and logs")

    def __getitem__(self, part: str) -> ec2.SecurityGroup:
        return self._groups[part]

    def _open(self, source: str, target: str, port: int) -> None:
        self[source].add_egress_rule(self[target], ec2.Port.tcp(port), f"to {target}")
        self[target].add_ingress_rule(self[source], ec2.Port.tcp(port), f"from {source}")
