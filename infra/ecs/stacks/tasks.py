"""Task definitions: one a workload, each with roles of its own that may no more than it needs."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.log_groups import log_group
from infra.ecs.stacks.security_groups import NODE_EXPORTER
from infra.ecs.stacks.workloads import NODE_EXPORTER_IMAGE, PREPARING_IMAGE, Workload


class Tasks(Construct):
    """Makes task definitions of the deployment's launch type."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        repositories: Mapping[str, ecr.Repository],
        release: str,
        secrets: Mapping[str, ecs.Secret],
        artifacts: s3.IBucket,
    ) -> None:
        super().__init__(scope, "Tasks")
        self._deployment, self._repositories, self._release = deployment, repositories, release
        self._secrets, self._artifacts = secrets, artifacts
        self._groups: dict[str, logs.LogGroup] = {}

    def define(self, workload: Workload, settings: Mapping[str, str]) -> ecs.TaskDefinition:
        """The task of a workload; `settings` go before its own."""
        task = self._task(workload)
        container = task.add_container(
            workload.name,
            image=self._image(workload),
            command=list(workload.command) or None,
            cpu=workload.cpu,
            memory_limit_mib=workload.memory,
            environment={**workload.settings, **settings},
            secrets={name: self._secrets[name] for name in workload.secrets},
            logging=self._logging(workload.name),
            port_mappings=[ecs.PortMapping(container_port=workload.port, name=workload.name)],
            readonly_root_filesystem=True,
            linux_parameters=ecs.LinuxParameters(self, f"{workload.name}-linux", init_process_enabled=True),
            stop_timeout=cdk.Duration.seconds(60),
            health_check=_health(workload.health),
        )
        for index, path in enumerate(workload.writable):
            task.add_volume(name=f"scratch-{index}")  # empty, for as long as the task lives
            container.add_mount_points(_mount(f"scratch-{index}", path))
        if workload.owner:
            self._prepare(task, container, workload)
        return task

    def node_exporter(self) -> ecs.TaskDefinition:
        """What runs on each instance and reads the machine's figures: host network, the root read-only."""
        role = self._role("node-exporter")
        task = ecs.Ec2TaskDefinition(
            self, "node-exporter", family="pedalcast-node-exporter", network_mode=ecs.NetworkMode.HOST, task_role=role
        )
        task.add_volume(name="root", host=ecs.Host(source_path="/"))
        container = task.add_container(
            "node-exporter",
            image=ecs.ContainerImage.from_registry(NODE_EXPORTER_IMAGE),
            command=["--path.rootfs=/host", f"--web.listen-address=:{NODE_EXPORTER}"],
            cpu=64,
            memory_limit_mib=64,
            port_mappings=[ecs.PortMapping(container_port=NODE_EXPORTER)],
            logging=self._logging("node-exporter"),
            readonly_root_filesystem=True,
        )
        container.add_mount_points(_mount("root", "/host", read_only=True))
        return task

    def _task(self, workload: Workload) -> ecs.TaskDefinition:
        role = self._role(workload.name)
        family = f"pedalcast-{workload.name}"
        if self._deployment.launch == "ec2":
            return ecs.Ec2TaskDefinition(
                self, workload.name, family=family, network_mode=ecs.NetworkMode.AWS_VPC, task_role=role
            )
        return ecs.FargateTaskDefinition(
            self, workload.name, family=family, cpu=workload.cpu, memory_limit_mib=workload.memory, task_role=role
        )

    def _role(self, name: str) -> iam.Role:
        """A role whose name a release may pass on."""
        return iam.Role(
            self,
            f"{name}-role",
            role_name=f"pedalcast-task-{name}",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        )

    def _image(self, workload: Workload) -> ecs.ContainerImage:
        repository = self._repositories.get(workload.image)
        if repository is None:
            return ecs.ContainerImage.from_registry(workload.image)
        return ecs.ContainerImage.from_ecr_repository(repository, self._release)

    def _logging(self, name: str) -> ecs.LogDriver:
        self._groups[name] = log_group(self, f"{name}-logs", name)
        return ecs.LogDrivers.aws_logs(stream_prefix=name, log_group=self._groups[name])

    def _prepare(self, task: ecs.TaskDefinition, main: ecs.ContainerDefinition, workload: Workload) -> None:
        """Before the main container starts: fetch the release's configuration, give written paths to its user."""
        steps = []
        for name, path in workload.config.items():
            steps.append(f"aws s3 sync --no-progress s3://{self._artifacts.bucket_name}/config/{name} {path}")
            self._artifacts.grant_read(task.task_role, f"config/{name}/*")
        written = [*workload.writable, *filter(None, [workload.storage_path])]
        if written:
            steps.append(f"chown -R {workload.owner}:{workload.owner} {' '.join(written)}")
        preparing = task.add_container(
            "prepare",
            image=ecs.ContainerImage.from_registry(PREPARING_IMAGE),
            entry_point=["sh", "-ec"],
            command=[" && ".join(steps)],
            essential=False,
            cpu=0,
            memory_limit_mib=256,
            logging=ecs.LogDrivers.aws_logs(stream_prefix="prepare", log_group=self._groups[workload.name]),
        )
        for index, path in enumerate(workload.writable):
            preparing.add_mount_points(_mount(f"scratch-{index}", path))
        for path in workload.config.values():
            if not path.startswith(workload.writable):  # what lies in a written folder comes with that
                task.add_volume(name="config")
                preparing.add_mount_points(_mount("config", path))
                main.add_mount_points(_mount("config", path, read_only=True))
        main.add_container_dependencies(
            ecs.ContainerDependency(container=preparing, condition=ecs.ContainerDependencyCondition.SUCCESS)
        )


def _mount(volume: str, path: str, *, read_only: bool = False) -> ecs.MountPoint:
    return ecs.MountPoint(container_path=path, source_volume=volume, read_only=read_only)


def _health(command: str) -> ecs.HealthCheck | None:
    if not command:
        return None
    return ecs.HealthCheck(
        command=["CMD-SHELL", command],
        interval=cdk.Duration.seconds(10),
        timeout=cdk.Duration.seconds(5),
        start_period=cdk.Duration.seconds(120),
        retries=3,
    )
