"""What runs as ECS services: image, size, command and settings of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.ecs.stacks import security_groups as ports


@dataclass(frozen=True, slots=True)
class Workload:
    """A service. `cpu` is in 1/1024 of a core, `memory` in MiB: both are what the task reserves, memory its limit.

    `image` is a repository of ours (`api`, `frontend`) or an address with a tag. `secrets` are names of settings whose
    values the services stack takes from Secrets Manager. `storage` is a disk of so many GiB at `storage_path`.
    `config` says what of the artifact bucket's `config/` is copied where before it starts, and `owner` is the user id
    that the written paths are given to, where the image does not say so itself by a VOLUME.
    """

    name: str
    image: str
    port: int
    cpu: int
    memory: int
    tasks: int = 1
    command: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    health: str = ""  # a shell command
    public: bool = False  # behind the load balancer
    scales: bool = False  # one to four tasks, at 70 % of the CPU
    writable: tuple[str, ...] = ()  # paths; everything else is read-only
    storage: int = 0
    storage_path: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""


PYTHON_CHECK = "python -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=2)\""
SERVICE_SECRETS = (
    "ADMIN_TOKEN",
    "JWT_SECRET_KEY",
    "REDIS_PASSWORD",
    "DATABASE_USER",
    "DATABASE_PASSWORD",
    "LLM_API_KEY",
)
WORKLOADS = (
    # API and worker are the same program. Who forecasts holds a lease: the worker by its long start, an API task where
    # no worker is alive.
    Workload(
        "api",
        "api",
        ports.API,
        cpu=1024,
        memory=2048,
        secrets=SERVICE_SECRETS,
        health=PYTHON_CHECK,
        public=True,
        scales=True,
        writable=("/data",),
    ),
    Workload(
        "worker",
        "api",
        ports.API,
        cpu=1024,
        memory=2048,
        settings={"CHAT": "false"},
        secrets=SERVICE_SECRETS,
        health=PYTHON_CHECK,
        writable=("/data",),
    ),
    Workload(
        "frontend",
        "frontend",
        ports.FRONTEND,
        cpu=256,
        memory=512,
        public=True,
        scales=True,
        # The load balancer sends the API's paths to the API itself.
        settings={"UPSTREAM_SERVERS": f"server 127.0.0.1:{ports.API};"},
        writable=("/tmp", "/etc/nginx/conf.d"),  # noqa: S108 (its own)
        owner="101",
    ),
    Workload(
        "qdrant",
        "qdrant/qdrant:v1.15.5",
        ports.QDRANT,
        cpu=512,
        memory=1024,
        settings={"QDRANT__TELEMETRY_DISABLED": "true"},
        storage=20,
        storage_path="/qdrant/storage",
        writable=("/qdrant/snapshots",),
    ),
    Workload(
        "prometheus",
        "prom/prometheus:v3.1.0",
        ports.PROMETHEUS,
        cpu=256,
        memory=512,
        command=(
            "--config.file=/etc/prometheus/ecs.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=15d",
        ),
        storage=20,
        storage_path="/prometheus",
        config={"prometheus": "/etc/prometheus"},
        owner="65534",
    ),
    Workload(
        "grafana",
        "grafana/grafana:11.4.0",
        ports.GRAFANA,
        cpu=256,
        memory=512,
        settings={
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "PROMETHEUS_URL": f"http://prometheus.pedalcast.internal:{ports.PROMETHEUS}",
        },
        secrets=("GF_SECURITY_ADMIN_PASSWORD",),
        public=True,
        writable=("/var/lib/grafana",),
        config={
            "grafana/provisioning": "/etc/grafana/provisioning",
            "grafana/dashboards": "/var/lib/grafana/dashboards",
        },
        owner="472",
    ),
    Workload(
        "redis-exporter",
        "oliver006/redis_exporter:v1.67.0",
        ports.REDIS_EXPORTER,
        cpu=256,
        memory=512,
        secrets=("REDIS_PASSWORD",),
    ),
)
PREPARING_IMAGE = "public.ecr.aws/aws-cli/aws-cli:2.22.7"
NODE_EXPORTER_IMAGE = "quay.io/prometheus/node-exporter:v1.8.2"
