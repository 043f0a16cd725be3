"""The services: the cluster's tasks behind the load balancer, updated one after the other and rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.cluster import Cluster
from infra.ecs.stacks.entrance import API_PATHS, Entrance
from infra.ecs.stacks.network import PRIVATE, NetworkStack
from infra.ecs.stacks.registry import RegistryStack
from infra.ecs.stacks.security_groups import NODE_EXPORTER, QDRANT
from infra.ecs.stacks.storage import NAME, StorageStack
from infra.ecs.stacks.tasks import Tasks
from infra.ecs.stacks.workloads import WORKLOADS, Workload

HEALTH = {"api": "/health", "frontend": "/", "grafana": "/api/health"}
ROLLING = {"circuit_breaker": ecs.DeploymentCircuitBreaker(enable=True, rollback=True), "enable_ecs_managed_tags": True}


class ServicesStack(cdk.Stack):
    """One ECS service a workload, found by the others as `<name>.pedalcast.internal`."""

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
        self._deployment, self._network, self._storage = deployment, network, storage
        release = cdk.CfnParameter(self, "Release", description="hash of the commit whose images run")
        self.cluster = Cluster(self, deployment=deployment, network=network)
        self.entrance = Entrance(self, deployment=deployment, network=network)
        self._tasks = Tasks(
            self,
            deployment=deployment,
            repositories=registry.repositories,
            release=release.value_as_string,
            secrets=_secrets(storage),
            artifacts=registry.artifacts,
        )
        self.services = {workload.name: self._service(workload) for workload in WORKLOADS}
        self.targets = self._targets()
        if deployment.launch == "ec2":
            ecs.Ec2Service(
                self,
                "node-exporter",
                service_name="pedalcast-node-exporter",
                cluster=self.cluster.ecs,
                task_definition=self._tasks.node_exporter(),
                daemon=True,
                min_healthy_percent=0,
                max_healthy_percent=100,
                cloud_map_options=ecs.CloudMapOptions(
                    name="node-exporter",
                    dns_record_type=servicediscovery.DnsRecordType.SRV,
                    container_port=NODE_EXPORTER,
                ),
                **ROLLING,
            )

    def _service(self, workload: Workload) -> ecs.BaseService:
        task = self._tasks.define(workload, self._settings(workload))
        if workload.image == "api":
            self._grant_data(task.task_role)
        common = {
            "service_name": f"pedalcast-{workload.name}",
            "cluster": self.cluster.ecs,
            "task_definition": task,
            "desired_count": workload.tasks,
            "security_groups": [self._network.groups[workload.name]],
            "vpc_subnets": PRIVATE,
            "cloud_map_options": ecs.CloudMapOptions(name=workload.name, dns_ttl=cdk.Duration.seconds(10)),
            # What has a disk of its own does not run twice.
            "min_healthy_percent": 0 if workload.storage else 100,
            "max_healthy_percent": 100 if workload.storage else 200,
            "health_check_grace_period": cdk.Duration.seconds(180) if workload.public else None,
            **ROLLING,
        }
        if self._deployment.launch == "ec2":
            service: ecs.BaseService = ecs.Ec2Service(
                self, workload.name, capacity_provider_strategies=self.cluster.strategies, **common
            )
        else:
            service = ecs.FargateService(
                self, workload.name, platform_version=ecs.FargatePlatformVersion.LATEST, **common
            )
        if workload.storage:
            self._give_volume(service, task, workload)
        if workload.scales:
            scaling = service.auto_scale_task_count(min_capacity=1, max_capacity=4)
            scaling.scale_on_cpu_utilization(
                "Cpu",
                target_utilization_percent=70,
                scale_in_cooldown=cdk.Duration.minutes(5),
                scale_out_cooldown=cdk.Duration.minutes(1),
            )
        return service

    def _give_volume(self, service: ecs.BaseService, task: ecs.TaskDefinition, workload: Workload) -> None:
        """A disk of its own. ECS deletes it with the task: vectors and metrics are made again from what is kept."""
        disk = ecs.ServiceManagedVolume(
            self,
            f"{workload.name}-volume",
            name="storage",
            managed_ebs_volume=ecs.ServiceManagedEBSVolumeConfiguration(
                size=cdk.Size.gibibytes(workload.storage),
                volume_type=ec2.EbsDeviceVolumeType.GP3,
                file_system_type=ecs.FileSystemType.XFS,
                encrypted=True,
            ),
        )
        for name in (workload.name, "prepare"):
            container = task.find_container(name)
            if container is not None:
                disk.mount_in(container, container_path=workload.storage_path, read_only=False)
        task.add_volume(name="storage", configured_at_launch=True)
        service.add_volume(disk)

    def _settings(self, workload: Workload) -> Mapping[str, str]:
        redis = self._storage.redis_settings()
        if workload.name == "redis-exporter":
            return {"REDIS_ADDR": f"rediss://{redis['REDIS_HOST']}:{redis['REDIS_PORT']}"}
        if workload.name == "grafana":
            return {"GF_SERVER_ROOT_URL": f"https://{self.entrance.grafana}"}
        if workload.image != "api":
            return {}
        return {
            "ENVIRONMENT": "production",
            "PUBLIC_URL": f"https://{self.entrance.domain}",
            "TRUSTED_PROXIES": "10.0.1.0/24,10.0.2.0/24",
            **redis,
            "S3_BUCKET": self._storage.bucket.bucket_name,
            "AWS_REGION": self.region,
            "DATABASE_ENGINE": "mysql" if self._deployment.database == "mysql" else "postgresql",
            "DATABASE_HOST": self._storage.database_host,
            "DATABASE_PORT": str(self._deployment.database_port),
            "DATABASE_NAME": NAME,
            "QDRANT_URL": f"http://qdrant.pedalcast.internal:{QDRANT}",
            "TMPDIR": "/data",
        }

    def _grant_data(self, role: iam.IRole) -> None:
        """The objects, and language models of Bedrock where the settings name one."""
        self._storage.bucket.grant_read_write(role)
        models = self.format_arn(
            service="bedrock", resource="foundation-model", resource_name="*", account="", region=self.region
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], resources=[models]
            )
        )

    def _targets(self) -> dict[str, elbv2.ApplicationTargetGroup]:
        groups = {}
        for workload in WORKLOADS:
            if workload.public:
                groups[workload.name] = elbv2.ApplicationTargetGroup(
                    self,
                    f"{workload.name}-targets",
                    vpc=self._network.vpc,
                    port=workload.port,
                    protocol=elbv2.ApplicationProtocol.HTTP,
                    target_type=elbv2.TargetType.IP,
                    deregistration_delay=cdk.Duration.seconds(30),
                    health_check=elbv2.HealthCheck(
                        path=HEALTH[workload.name],
                        interval=cdk.Duration.seconds(15),
                        healthy_threshold_count=2,
                        unhealthy_threshold_count=3,
                    ),
                )
                self.services[workload.name].attach_to_application_target_group(groups[workload.name])
        self._route(groups)
        return groups

    def _route(self, groups: Mapping[str, elbv2.ApplicationTargetGroup]) -> None:
        """Grafana by its name, the API by its paths, the page for everything else. `/metrics` is not served."""
        listener, domain = self.entrance.listener, self.entrance.domain
        conditions = elbv2.ListenerCondition
        listener.add_target_groups(
            "Grafana",
            priority=10,
            target_groups=[groups["grafana"]],
            conditions=[conditions.host_headers([self.entrance.grafana])],
        )
        for index, paths in enumerate(API_PATHS):
            listener.add_target_groups(
                f"Api{index}",
                priority=20 + index,
                target_groups=[groups["api"]],
                conditions=[conditions.host_headers([domain]), conditions.path_patterns(list(paths))],
            )
        listener.add_target_groups(
            "Page",
            priority=30,
            target_groups=[groups["frontend"]],
            conditions=[conditions.host_headers([domain])],
        )


def _secrets(storage: StorageStack) -> dict[str, ecs.Secret]:
    """What tasks read from Secrets Manager when they start, by the setting's name."""
    return {
        "ADMIN_TOKEN": ecs.Secret.from_secrets_manager(storage.admin_token),
        "JWT_SECRET_KEY": ecs.Secret.from_secrets_manager(storage.jwt_key),
        "REDIS_PASSWORD": ecs.Secret.from_secrets_manager(storage.redis_token),
        "DATABASE_USER": ecs.Secret.from_secrets_manager(storage.database_secret, "username"),
        "DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(storage.database_secret, "password"),
        "LLM_API_KEY": ecs.Secret.from_secrets_manager(storage.provided, "LLM_API_KEY"),
        "GF_SECURITY_ADMIN_PASSWORD": ecs.Secret.from_secrets_manager(storage.grafana_password),
    }
