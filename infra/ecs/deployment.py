"""What a deployment chooses when its templates are made; what differs by account is a parameter of the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Deployment:
    """The choices. Ports of 0 mean that nothing of the kind is used."""

    name: str
    launch: Literal["ec2", "fargate"] = "ec2"
    database: Literal["mysql", "aurora-postgresql"] = "mysql"
    multi_az: bool = False
    endpoints: bool = False  # interface endpoints for ECR, Bedrock and logs; NAT is there in any case
    firewall: bool = False  # AWS WAF before the load balancer
    tracing: bool = False  # X-Ray for the Lambda
    smtp_port: int = 0
    kafka_port: int = 0
    instance_type: str = "m6i.large"  # 2 vCPU, 8 GiB; of a kind whose network interfaces can be trunked

    @property
    def feed_ports(self) -> tuple[int, ...]:
        """Where feeds listen: HTTPS, and Seoul's open data API."""
        return (443, 8088)

    @property
    def outside_ports(self) -> tuple[int, ...]:
        """Ports outside the VPC that the service may connect to."""
        return tuple(port for port in (443, self.smtp_port, self.kafka_port) if port)

    @property
    def database_port(self) -> int:
        """The database's port."""
        return 3306 if self.database == "mysql" else 5432


DEPLOYMENTS = (
    Deployment("default"),
    Deployment(
        "large",
        launch="fargate",
        database="aurora-postgresql",
        multi_az=True,
        endpoints=True,
        firewall=True,
        tracing=True,
        smtp_port=587,
        kafka_port=9094,
    ),
)
